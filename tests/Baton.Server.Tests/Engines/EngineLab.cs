using System.Net;
using Baton.Server.Engines;
using Baton.Server.Engines.Garnet;
using Baton.Server.Engines.RedisProcess;
using Baton.Server.Engines.Wire;
using Baton.Server.Proxy.Commands;
using Xunit;

namespace Baton.Server.Tests.Engines;

/// <summary>Real engines in a directory of their own; everything is stopped and removed at the end.</summary>
internal sealed class EngineLab : IAsyncDisposable
{
    /// <summary>No wait of a test is longer.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(100);

    private readonly List<IShardEngine> _engines = [];
    private readonly CancellationTokenSource _limit = new(Patience);
    private long _nextInstance;

    public string Root { get; } = Directory.CreateTempSubdirectory("baton-engines-").FullName;

    /// <summary>Cancelled when patience ends.</summary>
    public CancellationToken Token => _limit.Token;

    /// <summary>Skips the test, visibly, where the program is truly absent.</summary>
    public static void Require(EngineKind kind) =>
        Assert.SkipWhen(kind == EngineKind.Redis && RedisBinary.Find(null) is null, "no redis-server or valkey-server on PATH");

    public static async Task<IEngineFactory> FactoryAsync(EngineKind kind, EngineLimits? limits = null)
    {
        Require(kind);
        return kind == EngineKind.Garnet
            ? new GarnetFactory(limits ?? EngineLimits.Default, TimeProvider.System) { Refused = RefusedCommands.Names }
            : new RedisProcessFactory(
                await RedisBinary.LocateAsync(null, TimeProvider.System, CancellationToken.None),
                limits ?? EngineLimits.Default,
                TimeProvider.System)
            {
                Refused = RefusedCommands.Names,
            };
    }

    public ShardSpec Spec(PersistenceMode persistence = PersistenceMode.None)
    {
        long id = Interlocked.Increment(ref _nextInstance);
        return new ShardSpec(
            id, 1, 1, new IPEndPoint(IPAddress.Loopback, 0), Path.Combine(Root, $"instance-{id}"), persistence, new ShardSettings(0, "noeviction"),
            $"secret \"of\" instance {id}", Recover: false);
    }

    public async Task<IShardEngine> StartAsync(EngineKind kind, ShardSpec? spec = null, EngineLimits? limits = null)
    {
        IShardEngine engine = await (await FactoryAsync(kind, limits)).StartAsync(spec ?? Spec(), Token);
        lock (_engines)
        {
            _engines.Add(engine);
        }

        return engine;
    }

    public Task<RespConnection> ConnectAsync(IShardEngine engine) =>
        RespConnection.ConnectAsync(engine.Address, engine.Spec.Secret, TimeSpan.FromSeconds(30), TimeProvider.System, Token);

    /// <summary>As the proxies come for clients.</summary>
    public async Task<RespConnection> ConnectAsClientsAsync(IShardEngine engine)
    {
        RespConnection connection = await ConnectAsync(engine);
        await connection.DemandAsync(["AUTH", DataUser.Name, engine.Spec.Secret], Token);
        return connection;
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_engines.Select(engine => engine.DisposeAsync().AsTask()));
        _limit.Dispose();
        Directory.Delete(Root, recursive: true);
    }
}
