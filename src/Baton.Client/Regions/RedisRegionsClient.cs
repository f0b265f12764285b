using Microsoft.Extensions.Logging;

namespace Baton.Client;

/// <summary>
/// Several databases with the same content, one in use: commands go to the preferred one that is alive. Each has its own client with smart client
/// handoffs, so planned maintenance of one is a handoff and not its death. Thread-safe.
/// </summary>
public sealed class RedisRegionsClient : RedisCommands, IAsyncDisposable
{
    private readonly RedisRegionsOptions _options;
    private readonly RegionSettings _settings;
    private readonly RedisClient[] _clients;
    private readonly CoarseClock _clock;
    private readonly EventQueue _events;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _lifetime = new();
    private readonly Lock _gate = new();
    private readonly Task[] _probes;
    private RegionState _state;
    private RedisClient _current;
    private long _changes;

    private RedisRegionsClient(RedisRegionsOptions options)
    {
        options.Validate();
        _options = options;
        _settings = RegionSettings.From(options);
        _log = options.Databases[0].Options.LoggerFactory.CreateLogger(LibraryInfo.Name);
        _events = new EventQueue(_log);
        _clock = new CoarseClock(options.TimeProvider);
        _state = RegionState.Start(options.Databases.Count);
        _clients = [.. options.Databases.Select(static database => RedisClient.Create(database.Options))];
        _current = _clients[0];
        _probes = [.. Enumerable.Range(0, _clients.Length).Select(ProbeAsync)];
    }

    /// <summary>Another database is in use. Handlers run in order on the thread pool.</summary>
    public event EventHandler<RegionDatabaseChangedEvent>? DatabaseChanged;

    /// <summary>The database in use.</summary>
    public RegionDatabase CurrentDatabase => _options.Databases[Volatile.Read(ref _state).Active];

    /// <summary>The client of the database in use, for what belongs to one database: subscriptions, transactions, watches, pipelines.</summary>
    public RedisClient Current => Volatile.Read(ref _current);

    /// <summary>Begins with the preferred database; the others are connected to as well, and probed.</summary>
    /// <param name="options">The databases.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentException">An option has a value it cannot have.</exception>
    /// <exception cref="RedisConnectFailedException">None of the databases can be reached.</exception>
    public static async Task<RedisRegionsClient> ConnectAsync(RedisRegionsOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var client = new RedisRegionsClient(options);
        try
        {
            await client.ChooseFirstAsync(cancellationToken).ConfigureAwait(false);
            return client;
        }
        catch
        {
            await client.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Uses the database of this name from now on, dead or alive. A preferred one is returned to when failback is on.</summary>
    /// <exception cref="ArgumentException">There is none of this name.</exception>
    public Task UseAsync(string name)
    {
        var index = _options.Databases.ToList().FindIndex(database => database.Name == name);
        if (index < 0)
        {
            throw new ArgumentException(
                $"There is no database '{name}'; there are {string.Join(", ", _options.Databases.Select(static database => database.Name))}.", nameof(name));
        }

        Apply(state => state.Use(index), RegionChangeReason.Chosen);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _lifetime.CancelAsync().ConfigureAwait(false);
        foreach (var client in _clients)
        {
            await client.DisposeAsync().ConfigureAwait(false);
        }

        await Task.WhenAll(_probes).ConfigureAwait(false);
        _events.Complete();
    }

    /// <inheritdoc/>
    internal override long ShardMoves => Interlocked.Read(ref _changes) + _clients.Sum(static client => client.ShardMoves);

    /// <inheritdoc/>
    internal override ValueTask<T> SendAsync<T>(ref CommandWriter command, ReplyReader<T> reader, CancellationToken cancellationToken) =>
        Current.SendAsync(ref command, reader, cancellationToken);

    /// <summary>The first database that can be reached, in order of preference, is the one to begin with.</summary>
    private async Task ChooseFirstAsync(CancellationToken cancellationToken)
    {
        RedisException? failure = null;
        for (var index = 0; index < _clients.Length; index++)
        {
            try
            {
                await _clients[index].FirstConnectionAsync(cancellationToken).ConfigureAwait(false);
                Apply(state => state.Use(index), RegionChangeReason.Failover);
                return;
            }
            catch (RedisException e)
            {
                failure = e;
            }
        }

        throw failure!;
    }

    private async Task ProbeAsync(int index)
    {
        await Task.Yield();
        while (!_lifetime.IsCancellationRequested)
        {
            var client = _clients[index];
            var isAlive = await AnswersAsync(client).ConfigureAwait(false);
            var now = _clock.PreciseMs;
            if (isAlive)
            {
                Apply(state => state.OnAnswered(index, now, _settings), null);
            }
            else
            {
                Apply(state => state.OnUnanswered(index, client.CurrentMaintenance is not null, now, _settings), null);
            }

            // A command that took the client just before another database was chosen may have come too late to be moved with the others.
            if (Current != client)
            {
                client.MoveUnsentTo(Current);
            }

            try
            {
                await Task.Delay(_options.ProbeInterval, _options.TimeProvider, _lifetime.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task<bool> AnswersAsync(RedisClient client)
    {
        if (client.CurrentEndpoint is null)
        {
            // A PING would wait to be sent, and be moved to the database in use with everything else that waits.
            return false;
        }

        using var limit = new CancellationTokenSource(_options.ProbeTimeout, _options.TimeProvider);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _lifetime.Token);
        try
        {
            await client.ExecuteAsync($"PING", both.Token).ConfigureAwait(false);
            return true;
        }
        catch (RedisServerException)
        {
            // LOADING, MISCONF, a missing permission: somebody is there, but it does not serve.
            return false;
        }
        catch (Exception e) when (e is RedisException or OperationCanceledException)
        {
            return false;
        }
    }

    private void Apply(Func<RegionState, RegionState> step, RegionChangeReason? reason)
    {
        RegionDatabaseChangedEvent changed;
        lock (_gate)
        {
            var before = _state;
            Volatile.Write(ref _state, step(before));
            if (_state.Active == before.Active)
            {
                return;
            }

            Interlocked.Increment(ref _changes);
            var from = _clients[before.Active];
            Volatile.Write(ref _current, _clients[_state.Active]);

            // What was never sent has not run anywhere: it goes to the database that is alive.
            var moved = from.MoveUnsentTo(_current);
            changed = new RegionDatabaseChangedEvent(
                _options.Databases[before.Active].Name,
                _options.Databases[_state.Active].Name,
                reason ?? (_state.Active < before.Active ? RegionChangeReason.Failback : RegionChangeReason.Failover),
                moved);
        }

        ClientLog.DatabaseChanged(_log, changed.From, changed.To, changed.Reason);
        if (DatabaseChanged is { } handlers)
        {
            _events.Post(() => handlers(this, changed));
        }
    }
}
