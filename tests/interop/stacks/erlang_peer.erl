#!/usr/bin/env escript
%% Erlang's ssl as a peer, for erlang.py: each line of input is a command, as fields name=value with
%% tabs between them; json_process.py says which commands there are, and what is answered, as JSON.
-mode(compile).

-define(PIECE, 40000). %% bytes that a client sends before it reads
-define(PATIENCE, 60000).

main(_) ->
    {ok, _} = application:ensure_all_started(ssl),
    logger:set_primary_config(level, none),
    ets:new(kept, [named_table, public]),
    commands().

commands() ->
    case io:get_line("") of
        eof -> ok;
        Line ->
            Command = maps:from_list([field(One) || One <- string:split(string:trim(Line), "\t", all)]),
            spawn(fun() -> obey(Command) end),
            commands()
    end.

field(Text) ->
    [Name, Value] = string:split(Text, "="),
    {list_to_atom(Name), Value}.

say(#{to := To}, Name, Value) ->
    io:put_chars(["{\"to\": ", To, ", \"", Name, "\": ", Value, "}\n"]).

quoted(Text) ->
    [$", [case lists:member(One, "\"\\\n\r\t") of true -> $\s; false -> One end || One <- Text], $"].

obey(Command) ->
    try perform(Command)
    catch _:Reason -> say(Command, "error", quoted(lists:flatten(io_lib:format("~p", [Reason]))))
    end.

common(#{suite := Suite, groups := Groups}) ->
    [{versions, ['tlsv1.3']},
     {ciphers, [ssl:str_to_suite(Suite)]},
     {supported_groups, [list_to_atom(One) || One <- string:split(Groups, ",", all)]},
     {mode, binary},
     {active, false}].

perform(#{do := "serve", chain := Chain, key := Key, to := To, early := Early} = Command) ->
    Options = [{certfile, Chain}, {keyfile, Key}, {session_tickets, stateless}, {ip, {127, 0, 0, 1}},
               {reuseaddr, true}, {early_data, list_to_existing_atom(Early)} | common(Command)],
    {ok, Listener} = ssl:listen(0, Options),
    ets:insert(kept, {{server, To}, Listener}),
    {ok, {_, Port}} = ssl:sockname(Listener),
    say(Command, "port", integer_to_list(Port)),
    accept(Command, Listener);
perform(#{do := "stop", server := Server} = Command) ->
    [{_, Listener}] = ets:take(kept, {server, Server}),
    ssl:close(Listener),
    say(Command, "stopped", "true");
perform(#{do := "visit", client := Client, port := Port, chain := Chain} = Command) ->
    Tickets = case ets:lookup(kept, {ticket, Client}) of
        [{_, Ticket}] -> [{use_ticket, [Ticket]}];
        [] -> []
    end,
    Resumed = case Command of #{resume := "True"} -> Tickets; _ -> [] end,
    Early = base64:decode(maps:get(first, Command)),
    Sent = case Early of <<>> -> []; _ -> [{early_data, Early}] end,
    Options = [{cacertfile, Chain}, {verify, verify_peer}, {verify_fun, {fun trusted/3, []}},
               {server_name_indication, "localhost"},
               {session_tickets, manual} | common(Command)] ++ Resumed ++ Sent,
    {ok, Socket} = ssl:connect({127, 0, 0, 1}, list_to_integer(Port), Options, ?PATIENCE),
    updated(Command, Socket),
    Accepted = Early =/= <<>> andalso early_data_accepted(),
    Data = base64:decode(maps:get(data, Command)),
    Whole = case Accepted of true -> Data; false -> <<Early/binary, Data/binary>> end,
    Answer = case Accepted of true -> {ok, First} = ssl:recv(Socket, byte_size(Early), ?PATIENCE), First; false -> <<>> end,
    Received = talk(Socket, Whole, Answer),
    receive {ssl, session_ticket, New} -> ets:insert(kept, {{ticket, Client}, New}) after 100 -> ok end,
    ssl:close(Socket),
    say(Command, "accepted", [atom_to_list(Accepted), ", \"received\": \"", base64:encode(Received), "\""]).

%% The certificate is its own root, which Erlang refuses where that is not said to be right.
trusted(_, {bad_cert, selfsigned_peer}, State) -> {valid, State};
trusted(_, {bad_cert, Reason}, _) -> {fail, Reason};
trusted(_, {extension, _}, State) -> {unknown, State};
trusted(_, _, State) -> {valid, State}.

early_data_accepted() ->
    receive {ssl, _, {early_data, Result}} -> Result =:= accepted after 5000 -> false end.

updated(#{update := "true"}, Socket) -> ok = ssl:update_keys(Socket, read_write);
updated(_, _) -> ok.

talk(_, <<>>, Received) -> Received;
talk(Socket, Data, Received) ->
    Size = min(?PIECE, byte_size(Data)),
    <<Piece:Size/binary, Rest/binary>> = Data,
    ok = ssl:send(Socket, Piece),
    {ok, Answer} = ssl:recv(Socket, Size, ?PATIENCE),
    talk(Socket, Rest, <<Received/binary, Answer/binary>>).

accept(Command, Listener) ->
    case ssl:transport_accept(Listener) of
        {ok, Plain} ->
            Pid = spawn(fun() -> receive go -> handshake(Command, Plain) end end),
            ssl:controlling_process(Plain, Pid),
            Pid ! go,
            accept(Command, Listener);
        {error, _} -> ok
    end.

handshake(Command, Plain) ->
    case ssl:handshake(Plain, ?PATIENCE) of
        {ok, Socket} -> echo(Command, Socket, true);
        {error, Reason} -> say(Command, "complaint", quoted(lists:flatten(io_lib:format("~p", [Reason]))))
    end.

echo(Command, Socket, First) ->
    case ssl:recv(Socket, 0, ?PATIENCE) of
        {ok, Data} ->
            First andalso updated(Command, Socket),
            ok = ssl:send(Socket, Data),
            echo(Command, Socket, false);
        {error, _} -> ssl:close(Socket)
    end.
