-- Speaks the JSON lines of docs/servers.md on Prosody's own standard input and output.
local json = require "util.json";
local server = require "net.server";
local st = require "util.stanza";
local portmanager = require "core.portmanager";
local s2smanager = require "core.s2smanager";

local host = module.host;
local sessions = module:shared("/*/s2s/sessions");
local stdin = io.stdin;
-- A line is read as soon as it is there, and what comes behind it stays where the poll sees it.
stdin:setvbuf("no");
io.stdout:setvbuf("line");

local function say(word)
	io.stdout:write(json.encode(word), "\n");
end

local function trigger(order)
	module:send(st.message({ id = tostring(order.id), from = order.from, to = order.to, type = "chat" }, "Wherefore art thou?"));
	say({ sent = order.id });
end

-- Destroyed without a word: what waits in its queue is dropped and not given back, and no stream is ended in peace.
local function forget(session)
	session.sendq = nil;
	local conn = session.conn;
	s2smanager.destroy_session(session);
	if conn then conn:close(); end
end

local function reset(order)
	local outgoing = prosody.hosts[host].s2sout[order.domain];
	if outgoing then forget(outgoing); end
	for _, session in pairs(sessions) do
		if session.to_host == order.domain or session.from_host == order.domain then forget(session); end
	end
	say({ reset = order.id });
end

-- A connection that was still on its way when its session was forgotten.
module:hook_global("s2sout-connected", function (event)
	local session = event.session;
	if session.destroyed and session.conn then session.conn:close(); end
end, 1000);

module:hook("message/bare", function (event)
	local stanza = event.stanza;
	if stanza.attr.type ~= "error" then return; end
	local _, condition = stanza:get_error();
	say({ returned = { id = tonumber(stanza.attr.id), condition = condition } });
	return true;
end, 1000);

local function read()
	local line = stdin:read("L");
	if not line then os.exit(0); end
	local order = json.decode(line);
	if type(order) ~= "table" then return; end
	if order.trigger then trigger(order.trigger); end
	if order.reset then reset(order.reset); end
end

-- It listens on the port 0, which is whatever the system chose.
local function port()
	local _, listening = portmanager.get_service_at("127.0.0.1", 0);
	local _, number = listening.conn:getsockname();
	return tonumber(number);
end

local function policy()
	local encrypted = module:get_option_boolean("s2s_require_encryption", true);
	local authenticated = module:get_option_boolean("s2s_secure_auth", false);
	return {
		encryption = encrypted and "required" or "optional";
		authentication = authenticated and "required" or "optional";
		dialback = prosody.hosts[host].modules.dialback ~= nil;
	};
end

module:hook_global("server-started", function ()
	server.watchfd(0, read);
	say({
		ready = true;
		version = prosody.version;
		s2s = { host = "127.0.0.1"; port = port() };
		policy = policy();
	});
end);
