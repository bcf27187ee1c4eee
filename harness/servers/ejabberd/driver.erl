%% Speaks the JSON lines of docs/servers.md in ejabberd's own node. Debian ships no headers: stanzas are written as elements.
-module(driver).
-export([start/0, returned/1]).

start() ->
    {ok, _} = application:ensure_all_started(ejabberd),
    [Host | _] = ejabberd_option:hosts(),
    ejabberd_hooks:add(filter_packet, ?MODULE, returned, 0),
    {ok, Version} = application:get_key(ejabberd, vsn),
    say(#{ready => true, version => list_to_binary(Version), policy => policy(Host),
          s2s => #{host => <<"127.0.0.1">>, port => port()}}),
    spawn(fun() -> read(Host) end).

read(Host) ->
    case io:get_line("") of
        Line when is_list(Line); is_binary(Line) ->
            case jiffy:decode(Line, [return_maps]) of
                #{<<"trigger">> := Order} -> trigger(Order);
                #{<<"reset">> := Order} -> reset(Host, Order);
                _ -> ok
            end,
            read(Host);
        _ -> halt(0)
    end.

trigger(#{<<"id">> := Id, <<"from">> := From, <<"to">> := To}) ->
    Addressed = [{<<"id">>, integer_to_binary(Id)}, {<<"type">>, <<"chat">>}, {<<"from">>, From}, {<<"to">>, To}],
    Body = {xmlel, <<"body">>, [], [{xmlcdata, <<"Wherefore art thou?">>}]},
    ejabberd_router:route(xmpp:decode({xmlel, <<"message">>, Addressed, [Body]})),
    say(#{sent => Id}).

%% Who failed to connect goes on as a process that bounces for minutes: it ends, as do the streams that the other side opened.
reset(Host, #{<<"id">> := Id, <<"domain">> := Domain}) ->
    Outgoing = ejabberd_s2s:get_connections_pids({Host, Domain}),
    Incoming = [Pid || {_, Pid, _, _} <- supervisor:which_children(ejabberd_s2s_in_sup), is_pid(Pid)],
    Watched = [erlang:monitor(process, Pid) || Pid <- Outgoing],
    [ejabberd_s2s_out:stop_async(Pid) || Pid <- Outgoing],
    [ejabberd_s2s_in:update_state(Pid, fun(State) -> stop_if(Domain, State) end) || Pid <- Incoming],
    [receive {'DOWN', Watch, process, _, _} -> ok after 4000 -> ok end || Watch <- Watched],
    say(#{reset => Id}).

stop_if(Domain, #{remote_server := Domain} = State) ->
    ejabberd_s2s_in:stop_async(self()),
    State;
stop_if(_, State) ->
    State.

%% A stanza that was given back, on its way to its sender.
returned(Packet) ->
    case xmpp:encode(Packet) of
        {xmlel, <<"message">>, Attributes, Children} ->
            case proplists:get_value(<<"type">>, Attributes) of
                <<"error">> ->
                    Id = binary_to_integer(proplists:get_value(<<"id">>, Attributes)),
                    [Condition | _] = [Name || {xmlel, <<"error">>, _, Said} <- Children, {xmlel, Name, _, _} <- Said],
                    say(#{returned => #{id => Id, condition => Condition}}),
                    drop;
                _ -> Packet
            end;
        _ -> Packet
    end.

%% Where dialback is loaded, the certificate is verified of those only who have no access to it.
policy(Host) ->
    Dialback = gen_mod:is_loaded(Host, mod_s2s_dialback),
    Verifies = not Dialback orelse mod_s2s_dialback_opt:access(Host) == none,
    #{encryption => choice(ejabberd_s2s:tls_required(Host)), authentication => choice(Verifies), dialback => Dialback}.

choice(true) -> required;
choice(false) -> optional.

%% It listens on the port 0, which is whatever the system chose.
port() ->
    [Port] = [Number || Socket <- erlang:ports(), erlang:port_info(Socket, name) == {name, "tcp_inet"},
                        {error, enotconn} == inet:peername(Socket), {ok, {_, Number}} <- [inet:sockname(Socket)]],
    Port.

say(Word) ->
    io:put_chars([jiffy:encode(Word), $\n]).
