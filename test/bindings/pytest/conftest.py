pytest_plugins = ["xmpp_mallory"]
