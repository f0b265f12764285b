using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Baton.Protocol.Commands;
using Baton.Server.Engines.Wire;
using Garnet;

namespace Baton.Server.Engines.Garnet;

/// <summary>Starts shards as Garnet instances inside this process. Thread-safe.</summary>
public sealed class GarnetFactory(EngineLimits limits, TimeProvider time) : IEngineFactory
{
    /// <summary>
    /// Garnet keeps a pool thread for each command that blocks; beyond its minimum the pool adds threads half a second apart.
    /// </summary>
    private const int PoolThreads = 256;

    /// <summary>The last instance of each folder: one that hangs cannot be ended, and must not have its files opened beside it.</summary>
    private readonly ConcurrentDictionary<string, GarnetInstance> _instances = new(StringComparer.Ordinal);

    private volatile EngineCapabilities? _capabilities;

    /// <inheritdoc/>
    public EngineKind Kind => EngineKind.Garnet;

    /// <summary>Commands no client may reach, on whatever way.</summary>
    public IReadOnlyCollection<string> Refused { get; init; } = [];

    /// <inheritdoc/>
    public async Task<IShardEngine> StartAsync(ShardSpec spec, CancellationToken cancellationToken)
    {
        ThreadPool.GetMinThreads(out int workers, out int completions);
        ThreadPool.SetMinThreads(Math.Max(workers, PoolThreads), completions);
        if (_instances.TryGetValue(spec.DataDirectory, out GarnetInstance? before) && !before.IsGone)
        {
            throw new EngineException(
                $"{spec}: the embedded engine that used this folder hangs and has not ended, so its files cannot be opened; start Baton again");
        }

        foreach ((string folder, GarnetInstance gone) in _instances.Where(pair => pair.Value.IsGone))
        {
            _instances.TryRemove(new KeyValuePair<string, GarnetInstance>(folder, gone));
        }

        EngineDirectory.Prepare(spec);
        GarnetOptions.DropOldTier(spec);
        for (int attempt = 1; ; attempt++)
        {
            IPEndPoint address = spec.Address.Port == 0 ? FreePort.Find(spec.Address.Address) : spec.Address;
            try
            {
                return await StartAtAsync(spec, address, cancellationToken).ConfigureAwait(false);
            }
            catch (EngineException exception) when (
                spec.Address.Port == 0 && attempt < limits.PortAttempts
                && exception.GetBaseException() is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse })
            {
                // Somebody was faster; another port will do.
            }
        }
    }

    private async Task<IShardEngine> StartAtAsync(ShardSpec spec, IPEndPoint address, CancellationToken cancellationToken)
    {
        GarnetInstance instance = new(limits, time);
        EngineControl control = new(address, spec.Secret, limits.CommandLimit, time);
        EngineControl life = new(address, spec.Secret, limits.CommandLimit, time);
        _instances[spec.DataDirectory] = instance;
        try
        {
            await instance.StartAsync(
                $"{spec}, {address}",
                log => new EmbeddedGarnet(GarnetOptions.For(spec, address), log),
                cancellationToken).ConfigureAwait(false);
            await PrepareAsync(spec, address, cancellationToken).ConfigureAwait(false);
            _capabilities ??= await ReadCapabilitiesAsync(spec, address, cancellationToken).ConfigureAwait(false);
            await _capabilities.DataUser!.CreateAsync(control, spec.Secret, [], cancellationToken).ConfigureAwait(false);
            GarnetUsage usage = new(spec.Settings.MemoryLimitBytes, instance, control, time);
            return new GarnetEngine(spec, address, _capabilities, instance, control, life, usage);
        }
        catch
        {
            await control.DisposeAsync().ConfigureAwait(false);
            await instance.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    // Garnet makes a numbered database when it is first selected. When several connections are first at once it makes it once only if it already knows
    // a database of a higher number: until then it looks whether another was faster in a table that has no place for it, and writes that were
    // acknowledged in the ones it forgets are gone. So the highest is made here, before anybody else is connected; each costs memory, so the others
    // are not. Where a reply says that a write is on disk they are: a new one is seen by all connections a moment before they wait for its log.
    private async Task PrepareAsync(ShardSpec spec, IPEndPoint address, CancellationToken cancellationToken)
    {
        await using RespConnection connection = await RespConnection
            .ConnectAsync(address, spec.Secret, limits.SpawnLimit, time, cancellationToken).ConfigureAwait(false);
        await connection.DemandAsync(GarnetFlaws.OpenAccess, cancellationToken).ConfigureAwait(false);
        int highest = GarnetOptions.DatabaseCount - 1;
        int lowest = spec.Persistence == PersistenceMode.Always ? 1 : highest;
        for (int database = highest; database >= lowest; database--)
        {
            // One by one: each takes a while on a busy machine, and the limit is one of progress.
            await connection.DemandAsync(["SELECT", database.ToString(CultureInfo.InvariantCulture)], cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<EngineCapabilities> ReadCapabilitiesAsync(ShardSpec spec, IPEndPoint address, CancellationToken cancellationToken)
    {
        // Part of coming up, and the longest answer of all: it has as long as that.
        await using EngineControl control = new(address, spec.Secret, limits.SpawnLimit, time);
        CommandTable commands = await CommandTableReader.ReadAsync(control, cancellationToken).ConfigureAwait(false);
        return new EngineCapabilities(
            EngineKind.Garnet,
            $"garnet {typeof(GarnetServer).Assembly.GetName().Version!.ToString(3)}",
            commands.Where(command => !GarnetFlaws.Has(command.Name)),
            Replication: false,
            FullDump: false,
            ClientTracking: false,
            ScriptsInMulti: false,
            SafeBlocking: false,
            SafeUnsubscribing: false,
            DatabaseCount: GarnetOptions.DatabaseCount,
            DataUser: DataUser.Without(
                commands, [.. Refused, .. GarnetFlaws.Denied, .. commands.All.Select(static command => command.Name).Where(GarnetFlaws.Has)]));
    }
}
