%% Stands in front of Erlang's own module of this name, of which ejabberd uses one function, for the addresses of a host. The own one
%% asks libc, which no resolver on a port but 53 can be given to; this one asks where all other names are asked.
-module(net).
-export([getaddrinfo/2]).

getaddrinfo(Host, Service) ->
    Port = list_to_integer(Service),
    case [address(Address, Port) || Address <- addresses(Host)] of
        [] -> {error, enoname};
        Found -> {ok, Found}
    end.

addresses(Host) ->
    case inet:parse_address(Host) of
        {ok, Address} -> [Address];
        {error, _} -> inet_res:lookup(Host, in, a) ++ inet_res:lookup(Host, in, aaaa)
    end.

address(Address, Port) ->
    Family = case tuple_size(Address) of
                 4 -> inet;
                 8 -> inet6
             end,
    #{family => Family, type => stream, protocol => tcp, addr => #{family => Family, addr => Address, port => Port}}.
