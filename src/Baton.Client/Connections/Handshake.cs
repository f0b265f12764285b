namespace Baton.Client;

/// <summary>
/// Introduces a connection to its server, in one round trip where the server speaks RESP3.
/// </summary>
/// <remarks>
/// <code>
/// HELLO 3 [AUTH user password] [SETNAME name]      an error: RESP2, see below
/// CLIENT SETINFO LIB-NAME, LIB-VER                 errors ignored
/// SELECT n                                         when n is not 0
/// CLIENT MAINT_NOTIFICATIONS ON [moving-endpoint-type X]   see MaintenanceMode
/// what the session replays
/// CLIENT TRACKING ON ...                           when the session caches, see RedisCachingOptions
///
/// without HELLO 3:  AUTH, CLIENT SETNAME, SELECT
/// </code>
/// </remarks>
internal sealed class Handshake
{
    private readonly RedisConnection _connection;
    private readonly RedisClientOptions _options;
    private readonly SessionState _session;
    private readonly Outbox _outbox = new(long.MaxValue);

    private Handshake(RedisConnection connection, RedisClientOptions options, SessionState session) =>
        (_connection, _options, _session) = (connection, options, session);

    /// <summary>Runs it; the connection can then serve.</summary>
    /// <exception cref="RedisConnectFailedException">The server refuses what is needed; the text says what.</exception>
    /// <exception cref="RedisConnectionException">The connection ended.</exception>
    public static async Task<ServerGreeting> RunAsync(RedisConnection connection, RedisClientOptions options, SessionState session)
    {
        var handshake = new Handshake(connection, options, session);
        var greeting = options.Protocol == RedisProtocol.Resp2 ? handshake.GreetAsync() : handshake.HelloAsync();
        if (await Task.WhenAny(greeting, connection.Closed).ConfigureAwait(false) != greeting)
        {
            // What was not sent by then, nobody else would end.
            handshake._outbox.Close(handshake.Ended);
        }

        return await greeting.ConfigureAwait(false);
    }

    private bool AsksForNotifications => _options.Maintenance.Mode != MaintenanceMode.Disabled;

    private async Task<ServerGreeting> HelloAsync()
    {
        var hello = Send(Hello());
        var info = SendLibraryInfo();
        var select = _session.Database == 0 ? null : Send(["SELECT", Number(_session.Database)]);
        var optIn = AsksForNotifications ? Send(OptIn()) : null;
        var replay = _session.Replay.Select(SendFrame).ToArray();
        var tracking = _session.Tracking is null ? null : SendFrame(_session.Tracking);
        _connection.Serve(_outbox, ConnectionState.Greeting);

        var greeting = await hello.ConfigureAwait(false);
        if (greeting.IsError)
        {
            // At once: who is refused may not get another answer.
            JudgeRefusal(greeting.AsString()!);
        }

        await Task.WhenAll(info).ConfigureAwait(false);
        var selected = select is null ? null : await select.ConfigureAwait(false);
        var announced = optIn is null ? null : await optIn.ConfigureAwait(false);
        var replayed = await Task.WhenAll(replay).ConfigureAwait(false);
        var tracks = tracking is null ? null : await tracking.ConfigureAwait(false);
        if (greeting.IsError)
        {
            return await GreetAsync().ConfigureAwait(false);
        }

        Require(selected, "SELECT");
        Array.ForEach(replayed, reply => Require(reply, "the session's commands"));
        return JudgeTracking(Judge(ServerInfo.Parse(greeting), announced), tracks);
    }

    /// <summary>Returns for a server that only lacks <c>HELLO 3</c>, when that is allowed.</summary>
    private void JudgeRefusal(string error)
    {
        if (error.StartsWith("WRONGPASS", StringComparison.Ordinal) || error.StartsWith("NOAUTH", StringComparison.Ordinal)
            || error.StartsWith("NOPERM", StringComparison.Ordinal))
        {
            throw Failed(ConnectFailedReason.AuthenticationFailed, $"the server answered HELLO with \"{error}\"");
        }

        if (!error.StartsWith("NOPROTO", StringComparison.Ordinal) && !error.Contains("unknown command", StringComparison.OrdinalIgnoreCase)
            && !error.Contains("wrong number of arguments", StringComparison.OrdinalIgnoreCase))
        {
            throw Failed(ConnectFailedReason.Refused, $"the server answered HELLO with \"{error}\"");
        }

        if (_options.Protocol == RedisProtocol.Resp3)
        {
            throw Failed(ConnectFailedReason.NotSupported, $"Protocol is Resp3 and the server has no HELLO 3 (it answered \"{error}\")");
        }
    }

    /// <summary>RESP2.</summary>
    private async Task<ServerGreeting> GreetAsync()
    {
        var auth = _options.Password is null ? null
            : Send(_options.User is null ? ["AUTH", _options.Password] : ["AUTH", _options.User, _options.Password]);
        var name = _session.ClientName is null ? null : Send(["CLIENT", "SETNAME", _session.ClientName]);
        var ping = Send(["PING"]);
        var select = _session.Database == 0 ? null : Send(["SELECT", Number(_session.Database)]);
        _connection.Serve(_outbox, ConnectionState.Greeting);

        if (auth is not null && await auth.ConfigureAwait(false) is { IsError: true } refused)
        {
            throw Failed(ConnectFailedReason.AuthenticationFailed, $"the server answered AUTH with \"{refused}\"");
        }

        if (name is not null)
        {
            await name.ConfigureAwait(false);
        }

        if (await ping.ConfigureAwait(false) is { IsError: true } silent)
        {
            throw Failed(
                silent.AsString()!.StartsWith("NOAUTH", StringComparison.Ordinal) ? ConnectFailedReason.AuthenticationFailed : ConnectFailedReason.Refused,
                $"the server answered PING with \"{silent}\"");
        }

        Require(select is null ? null : await select.ConfigureAwait(false), "SELECT");
        return JudgeTracking(Judge(new ServerGreeting(2, 0, "", "", false, null), null), null);
    }

    private ServerGreeting Judge(ServerGreeting greeting, RedisReply? optIn)
    {
        // RESP2 has no pushes: a server that says OK all the same will never announce anything.
        var announces = optIn is { IsError: false } && optIn.AsString() == "OK" && greeting.Protocol >= 3;
        var refusal = announces || !AsksForNotifications ? null
            : greeting.Protocol < 3 ? "the connection speaks RESP2, which cannot carry notifications"
            : $"the server answered \"{optIn}\"";
        if (refusal is not null && _options.Maintenance.Mode == MaintenanceMode.Enabled)
        {
            throw Failed(ConnectFailedReason.NotSupported, $"Maintenance.Mode is Enabled and there are no maintenance notifications: {refusal}");
        }

        if (greeting.Protocol < 3 && _options.Protocol == RedisProtocol.Resp3)
        {
            throw Failed(ConnectFailedReason.NotSupported, "Protocol is Resp3 and the server answered HELLO 3 with RESP2");
        }

        return greeting with { Announces = announces, Refusal = refusal };
    }

    private ServerGreeting JudgeTracking(ServerGreeting greeting, RedisReply? reply)
    {
        if (_session.Tracking is null)
        {
            return greeting;
        }

        if (greeting.Protocol >= 3 && reply is { IsError: false })
        {
            return greeting with { Tracks = true };
        }

        var why = greeting.Protocol < 3 ? "the connection speaks RESP2, on which changes are not told"
            : $"the server answered CLIENT TRACKING with \"{reply}\"";
        return !_session.TrackingIsRequired
            ? greeting with { TrackingRefusal = why }
            : throw Failed(
                ConnectFailedReason.NotSupported,
                $"Caching is on and cannot work: {why}. Set Caching.PassThroughWhenUnsupported to send every read to such a server");
    }

    private string[] Hello()
    {
        List<string> hello = ["HELLO", "3"];
        if (_options.Password is not null)
        {
            hello.AddRange("AUTH", _options.User ?? "default", _options.Password);
        }

        if (_session.ClientName is not null)
        {
            hello.AddRange("SETNAME", _session.ClientName);
        }

        return [.. hello];
    }

    private string[] OptIn()
    {
        var form = MovingForm.Word(_options.Maintenance.EndpointForm, _connection.RemoteEndPoint, _options.Tls is not null);
        return form is null ? ["CLIENT", "MAINT_NOTIFICATIONS", "ON"] : ["CLIENT", "MAINT_NOTIFICATIONS", "ON", "moving-endpoint-type", form];
    }

    private Task<RedisReply>[] SendLibraryInfo() =>
    [
        Send(["CLIENT", "SETINFO", "LIB-NAME", LibraryInfo.Name]),
        Send(["CLIENT", "SETINFO", "LIB-VER", LibraryInfo.Version]),
    ];

    private Task<RedisReply> SendFrame(byte[] frame)
    {
        var command = PendingReply<RedisReply>.Rent(ReplyReaders.RawOrError, CommandTraits.Session, null);
        var reply = new ValueTask<RedisReply>(command, command.Version).AsTask();
        command.OwnLimitMs = long.MaxValue;
        _outbox.Append(command, frame);
        return Observed(reply);
    }

    private Task<RedisReply> Send(ReadOnlySpan<string> arguments)
    {
        var writer = CommandWriter.Begin();
        foreach (var argument in arguments)
        {
            writer.AddText(argument);
        }

        var command = PendingReply<RedisReply>.Rent(ReplyReaders.RawOrError, CommandTraits.Session, null);
        var reply = new ValueTask<RedisReply>(command, command.Version).AsTask();
        command.OwnLimitMs = long.MaxValue;
        _outbox.Append(command, writer.Finish().Span);
        writer.Return();
        return Observed(reply);
    }

    /// <summary>When one answer ends the greeting, nobody looks at the others.</summary>
    private static Task<RedisReply> Observed(Task<RedisReply> reply)
    {
        _ = reply.ContinueWith(
            static failed => _ = failed.Exception,
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        return reply;
    }

    private RedisConnectionException Ended(CommandOutcome outcome) => new(
        _connection.EndedBecause ?? CloseReason.NetworkError, $"The connection ended ({_connection.EndedBecause}) during the greeting.", outcome);

    private void Require(RedisReply? reply, string what)
    {
        if (reply is { IsError: true })
        {
            throw Failed(ConnectFailedReason.Refused, $"the server answered {what} with \"{reply}\"");
        }
    }

    private RedisConnectFailedException Failed(ConnectFailedReason reason, string what) =>
        new(reason, $"No connection to {_connection.Endpoint}: {what}.", null);

    private static string Number(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
