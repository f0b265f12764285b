using System.Globalization;
using System.Net;
using Baton.Server.Engines.Wire;

namespace Baton.Server.Engines.RedisProcess;

/// <summary>A shard in a child process. Thread-safe.</summary>
internal sealed class RedisProcessEngine : IShardEngine
{
    private readonly RedisProcessParts _parts;
    private readonly TaskCompletionSource<string> _died = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IPEndPoint _address;
    private volatile ShardSettings _settings;
    private int _stopping;
    private string? _endReason;

    /// <summary>Takes over a program that serves at <paramref name="address"/>.</summary>
    public RedisProcessEngine(ShardSpec spec, IPEndPoint address, EngineCapabilities capabilities, RedisProcessParts parts)
    {
        Spec = spec;
        _settings = spec.Settings.WithoutConfiguration();
        _address = address;
        Capabilities = capabilities;
        _parts = parts;
        _ = WatchAsync();
    }

    /// <inheritdoc/>
    public ShardSpec Spec { get; }

    /// <inheritdoc/>
    public EndPoint Address => _address;

    /// <inheritdoc/>
    public EngineCapabilities Capabilities { get; }

    /// <inheritdoc/>
    public ShardSettings Settings => _settings;

    /// <inheritdoc/>
    public Task<string> Died => _died.Task;

    /// <inheritdoc/>
    public TimeSpan? ProcessorTime => _parts.Child.ProcessorTime;

    /// <summary>The program's process id.</summary>
    internal int ProcessId => _parts.Child.ProcessId;

    /// <inheritdoc/>
    public async Task<EngineHealth> ProbeAsync(CancellationToken cancellationToken)
    {
        RespBatch batch = new RespBatch().Add("INFO", "memory").Add("INFO", "replication").Add("INFO", "keyspace");
        RespReply[] replies = await _parts.Control.SendAsync(batch, cancellationToken).ConfigureAwait(false);
        if (Array.Find(replies, static reply => reply.IsError) is { IsError: true } refusal)
        {
            throw new EngineException($"{Spec} does not tell its state: {refusal.Text}") { IsBusy = refusal.IsBusy };
        }

        InfoReply info = new(replies);
        bool isMaster = info["role"] == "master";
        return new EngineHealth(
            isMaster,
            info.Number("used_memory"),
            info.KeysByDatabase().Values.Sum(),
            isMaster ? info.Number("master_repl_offset", -1) : info.Number("slave_repl_offset", -1),
            !isMaster && info["master_link_status"] == "up" && info["master_sync_in_progress"] == "0")
        {
            Acknowledged = info.AcknowledgedByReplica(),
        };
    }

    /// <inheritdoc/>
    public async Task FollowAsync(IShardEngine master, CancellationToken cancellationToken)
    {
        if (!master.Capabilities.Replication || master.Address is not IPEndPoint address)
        {
            throw new EngineException($"{Spec} cannot follow {master.Spec}: {master.Capabilities.DisplayName} has no replicas");
        }

        RespBatch batch = new RespBatch()
            .Add("CONFIG", "SET", "masterauth", master.Spec.Secret)
            .Add("REPLICAOF", address.Address.ToString(), address.Port.ToString(CultureInfo.InvariantCulture))
            .AddOpenRedis() // read-only by its role now; a fence left on would outlive its promotion
            .AddWake();
        foreach (RespReply reply in (await _parts.Control.SendAsync(batch, cancellationToken).ConfigureAwait(false))[..^1])
        {
            if (reply.IsError)
            {
                throw new EngineException($"{Spec} did not follow {master.Spec}: {reply.Text}");
            }
        }
    }

    /// <inheritdoc/>
    public async Task PromoteAsync(CancellationToken cancellationToken)
    {
        await _parts.Control.DemandAsync(["REPLICAOF", "NO", "ONE"], cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task EndAsync(string reason)
    {
        Volatile.Write(ref _endReason, reason);
        return _parts.Child.KillAsync();
    }

    /// <inheritdoc/>
    public async Task ConfigureAsync(ShardSettings settings, CancellationToken cancellationToken)
    {
        if (_settings.MemoryLimitBytes != settings.MemoryLimitBytes || _settings.EvictionPolicy != settings.EvictionPolicy)
        {
            string limit = settings.MemoryLimitBytes.ToString(CultureInfo.InvariantCulture);
            await _parts.Control.DemandAsync(
                ["CONFIG", "SET", "maxmemory", limit, "maxmemory-policy", settings.EvictionPolicy], cancellationToken).ConfigureAwait(false);
            _settings = settings with { Configuration = _settings.Configuration };
        }

        await ClientSettings.ApplyAsync(_parts.Control, Spec, _settings, settings, cancellationToken).ConfigureAwait(false);
        _settings = settings;
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        Interlocked.Exchange(ref _stopping, 1);
        try
        {
            // No save points are configured: SAVE would write a dump nobody reads. With a log, SHUTDOWN writes and syncs its last bytes.
            await using RespConnection connection = await _parts.Control.ConnectAsync(cancellationToken).ConfigureAwait(false);
            Task order = connection.CallAsync(["SHUTDOWN", "NOSAVE", "FORCE"], cancellationToken);
            await _parts.Child.Ended.WaitAsync(_parts.Limits.StopLimit, _parts.Time, cancellationToken).ConfigureAwait(false);
            await order.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // the answer to SHUTDOWN is the closed connection
        }
        catch (Exception exception) when (exception is EngineException or TimeoutException)
        {
            // It is past listening; what the log promises is on disk already, the rest is the operating system's.
        }
        finally
        {
            await DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Interlocked.Exchange(ref _stopping, 1);
        await _parts.Control.DisposeAsync().ConfigureAwait(false);
        await _parts.Child.DisposeAsync().ConfigureAwait(false);
    }

    private async Task WatchAsync()
    {
        await _parts.Child.Ended.ConfigureAwait(false);
        if (Volatile.Read(ref _stopping) == 0)
        {
            EngineChild child = _parts.Child;
            _died.TrySetResult(Volatile.Read(ref _endReason)
                ?? $"{Capabilities.DisplayName} ended with exit code {child.ExitCode}. Its last words:\n{child.LastLines}");
        }
    }
}
