using System.Net;
using Baton.Protocol.Commands;
using Baton.Server.Engines.Wire;

namespace Baton.Server.Engines.RedisProcess;

/// <summary>Starts shards as child processes of one <c>redis-server</c> or <c>valkey-server</c> program. Thread-safe.</summary>
public sealed class RedisProcessFactory : IEngineFactory
{
    private const string PortTaken = "Address already in use";

    private readonly EngineLimits _limits;
    private readonly TimeProvider _time;
    private readonly ParentBond _bond;
    private volatile EngineCapabilities? _capabilities;

    /// <summary>Creates the factory for a program found by <see cref="RedisBinary.LocateAsync"/>.</summary>
    public RedisProcessFactory(RedisBinary binary, EngineLimits limits, TimeProvider time)
        : this(binary, limits, time, ParentBoundLauncher.BestBond)
    {
    }

    /// <summary>Creates the factory with a chosen bond between the children and this process.</summary>
    internal RedisProcessFactory(RedisBinary binary, EngineLimits limits, TimeProvider time, ParentBond bond)
    {
        Binary = binary;
        _limits = limits;
        _time = time;
        _bond = bond;
    }

    /// <inheritdoc/>
    public EngineKind Kind => EngineKind.Redis;

    /// <summary>The program.</summary>
    public RedisBinary Binary { get; }

    /// <summary>Commands no client may reach, on whatever way.</summary>
    public IReadOnlyCollection<string> Refused { get; init; } = [];

    /// <inheritdoc/>
    public async Task<IShardEngine> StartAsync(ShardSpec spec, CancellationToken cancellationToken)
    {
        EngineDirectory.Prepare(spec);
        for (int attempt = 1; ; attempt++)
        {
            IPEndPoint address = spec.Address.Port == 0 ? FreePort.Find(spec.Address.Address) : spec.Address;
            EngineChild child = await EngineChild
                .StartAsync(Binary, RedisConfiguration.For(spec, address), spec.DataDirectory, _bond, _limits, _time).ConfigureAwait(false);
            try
            {
                await WaitUntilServingAsync(spec, address, child, cancellationToken).ConfigureAwait(false);
                return await CompleteAsync(spec, address, child, cancellationToken).ConfigureAwait(false);
            }
            catch (EngineException) when (IsWorthAnotherPort(spec, attempt, child))
            {
                await child.DisposeAsync().ConfigureAwait(false);
            }
            catch
            {
                await child.DisposeAsync().ConfigureAwait(false);
                throw;
            }
        }
    }

    private bool IsWorthAnotherPort(ShardSpec spec, int attempt, EngineChild child) =>
        spec.Address.Port == 0 && attempt < _limits.PortAttempts && child.LastLines.Contains(PortTaken, StringComparison.Ordinal);

    private async Task WaitUntilServingAsync(ShardSpec spec, IPEndPoint address, EngineChild child, CancellationToken cancellationToken)
    {
        await WaitForAsync(child.Alive, nameof(EngineLimits.SpawnLimit), _limits.SpawnLimit).ConfigureAwait(false);
        await WaitForAsync(child.Serving, nameof(EngineLimits.LoadLimit), _limits.LoadLimit).ConfigureAwait(false);

        async Task WaitForAsync(Task sign, string name, TimeSpan limit)
        {
            try
            {
                await Task.WhenAny(sign, child.Ended).WaitAsync(limit, _time, cancellationToken).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                throw Failure($"it was not ready within {limit.TotalSeconds:0.#} s ({name})");
            }

            if (!sign.IsCompleted)
            {
                throw Failure($"it ended with exit code {child.ExitCode}");
            }
        }

        EngineException Failure(string what) =>
            new($"{Binary.DisplayName} did not start at {address} in {spec.DataDirectory}: {what}. Its last words:\n{child.LastLines}");
    }

    private async Task<IShardEngine> CompleteAsync(
        ShardSpec spec, IPEndPoint address, EngineChild child, CancellationToken cancellationToken)
    {
        EngineControl control = new(address, spec.Secret, _limits.CommandLimit, _time);
        try
        {
            _capabilities ??= await ReadCapabilitiesAsync(spec, address, cancellationToken).ConfigureAwait(false);
            await _capabilities.DataUser!.CreateAsync(control, spec.Secret, ["~*", "&*"], cancellationToken).ConfigureAwait(false);
            return new RedisProcessEngine(spec, address, _capabilities, new RedisProcessParts(child, control, _limits, _time));
        }
        catch
        {
            await control.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task<EngineCapabilities> ReadCapabilitiesAsync(ShardSpec spec, IPEndPoint address, CancellationToken cancellationToken)
    {
        // Part of coming up, and the longest answer of all: it has as long as that.
        await using EngineControl control = new(address, spec.Secret, _limits.SpawnLimit, _time);
        CommandTable commands = await CommandTableReader.ReadAsync(control, cancellationToken).ConfigureAwait(false);
        return new EngineCapabilities(
            EngineKind.Redis,
            Binary.DisplayName,
            commands,
            Replication: true,
            FullDump: true,
            ClientTracking: true,
            ScriptsInMulti: true,
            DataUser: DataUser.Without(commands, Refused));
    }
}
