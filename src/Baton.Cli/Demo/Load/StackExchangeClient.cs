using System.Net;
using Baton.Cli.Demo.Raw;
using StackExchange.Redis;
using StackExchange.Redis.Maintenance;

namespace Baton.Cli.Demo.Load;

/// <summary>
/// StackExchange.Redis with <c>MaintenanceNotifications = Enabled</c>, one multiplexer for many callers: thread-safe. What its own design
/// cannot do (blocking pops; pub/sub without a gap while it moves) is not asked of it here.
/// </summary>
internal sealed class StackExchangeClient : ILoadClient
{
    // Far over any hold: a timeout means that an answer is missing, not that the machine is busy.
    private const int TimeoutMilliseconds = 10_000;

    private readonly LoadContext _context;
    private readonly ConnectionMultiplexer _multiplexer;

    private StackExchangeClient(LoadContext context, ConnectionMultiplexer multiplexer, string row)
    {
        (_context, _multiplexer) = (context, multiplexer);
        Row = context.Statistics.Row(row);
        Row.Connected();
        multiplexer.ServerMaintenanceEvent += OnMaintenance;
        multiplexer.ConnectionFailed += OnConnectionFailed;
    }

    /// <inheritdoc/>
    public ClientStatistics Row { get; }

    /// <summary>For transactions and subscriptions, which need the library's own API.</summary>
    public ConnectionMultiplexer Multiplexer => _multiplexer;

    /// <summary>Connects.</summary>
    /// <exception cref="LoadFailedException">It cannot, or the server refuses the opt-in.</exception>
    public static async Task<StackExchangeClient> ConnectAsync(LoadContext context, IPEndPoint endpoint, string row)
    {
        var options = new ConfigurationOptions
        {
            EndPoints = { endpoint },
            Password = context.Password,
            Protocol = RedisProtocol.Resp3,
            AbortOnConnectFail = true,
            AllowAdmin = false,
            SyncTimeout = TimeoutMilliseconds,
            AsyncTimeout = TimeoutMilliseconds,
            ClientName = "demo-se",
            MaintenanceNotifications = context.Notifications ? MaintenanceNotificationMode.Enabled : MaintenanceNotificationMode.Disabled,
        };
        try
        {
            return new StackExchangeClient(context, await ConnectionMultiplexer.ConnectAsync(options), row);
        }
        catch (RedisConnectionException e)
        {
            throw new LoadFailedException($"StackExchange.Redis cannot connect to {endpoint}: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public async Task<RawReply[]> ExecuteAsync(
        IReadOnlyList<string[]> commands, bool measured, CancellationToken cancellationToken)
    {
        var began = _context.Time.GetTimestamp();
        var database = _multiplexer.GetDatabase();
        var batch = database.CreateBatch();
        var tasks = commands.Select(command => batch.ExecuteAsync(command[0], [.. command.Skip(1)])).ToList();
        batch.Execute();
        var replies = new RawReply[tasks.Count];
        Exception? failure = null;
        for (var i = 0; i < tasks.Count; i++)
        {
            try
            {
                replies[i] = Convert(await tasks[i]);
                Answered(began, measured);
            }
            catch (RedisServerException e)
            {
                replies[i] = new RawReply('-', e.Message);
                Answered(began, measured);
            }
            catch (Exception e) when (e is RedisException or RedisTimeoutException or OperationCanceledException or ObjectDisposedException)
            {
                failure = e;
            }
        }

        return failure is null ? replies : throw new LoadFailedException($"{failure.GetType().Name}: {FirstLine(failure)}", failure);
    }

    /// <summary>A command of the library's own API was answered.</summary>
    public void Answered(long began, bool measured)
    {
        if (measured)
        {
            _context.Statistics.Answered(Row, _context.Time.GetElapsedTime(began));
        }
        else
        {
            Row.Answered();
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _multiplexer.ConnectionFailed -= OnConnectionFailed;
        return _multiplexer.DisposeAsync();
    }

    /// <summary>The exception's text without the library's long tail of diagnostics.</summary>
    internal static string FirstLine(Exception e) => e.Message.Length > 200 ? e.Message[..200] : e.Message;

    private static RawReply Convert(RedisResult result) => result.Resp3Type switch
    {
        _ when result.IsNull => new RawReply('_', null),
        ResultType.Integer => new RawReply(':', result.ToString()),
        ResultType.Array or ResultType.Map or ResultType.Set or ResultType.Push =>
            new RawReply('*', null, [.. Enumerable.Range(0, result.Length).Select(i => Convert(result[i]))]),
        _ => new RawReply('$', result.ToString()),
    };

    private void OnMaintenance(object? sender, ServerMaintenanceEvent e)
    {
        if (e is PushMaintenanceEvent push)
        {
            _context.Statistics.Notified(WireName.Of($"{push.NotificationType}"));
        }
    }

    private void OnConnectionFailed(object? sender, ConnectionFailedEventArgs e)
    {
        // The library reports its own handoffs as failures; its second connection (pub/sub) does not opt in: nothing is promised to it.
        if (e.FailureType == ConnectionFailureType.MaintenanceHandoff)
        {
            if (e.ConnectionType == ConnectionType.Interactive)
            {
                Row.HandedOff();
            }
        }
        else if (e.ConnectionType == ConnectionType.Interactive && e.FailureType != ConnectionFailureType.ConnectionDisposed)
        {
            _context.Statistics.Disconnected(Row, $"{e.EndPoint}: {e.FailureType}");
        }
    }
}
