using System.Globalization;
using System.Text;
using Baton.Server.Engines;
using Baton.Server.Engines.Movers;
using Baton.Server.Engines.Wire;
using Xunit;

namespace Baton.Server.Tests.Engines;

/// <summary>A source, a target, the mover between them and the gate in front of them.</summary>
internal sealed class MoveLab : IAsyncDisposable
{
    private static readonly MoverLimits Limits = MoverLimits.Default with { CommandLimit = TimeSpan.FromSeconds(30) };

    private MoveLab(EngineLab lab, IShardEngine source, IShardEngine target, bool forceCopy, MoverLimits limits)
    {
        Lab = lab;
        Source = source;
        Target = target;
        Mover = forceCopy
            ? new CopyMover(source, target, Gate.AttachTapAsync, limits, TimeProvider.System)
            : ShardMovers.Create(source, target, Gate.AttachTapAsync, limits, TimeProvider.System);
    }

    public EngineLab Lab { get; }

    public WriteGate Gate { get; } = new();

    public IShardEngine Source { get; }

    public IShardEngine Target { get; }

    public IShardMover Mover { get; }

    public static async Task<MoveLab> StartAsync(
        EngineKind from,
        EngineKind to,
        bool forceCopy = false,
        PersistenceMode persistence = PersistenceMode.None,
        MoverLimits? limits = null)
    {
        EngineLab.Require(from);
        EngineLab.Require(to);
        EngineLab lab = new();
        IShardEngine[] engines = await Task.WhenAll(lab.StartAsync(from, lab.Spec(persistence)), lab.StartAsync(to, lab.Spec(persistence)));
        return new MoveLab(lab, engines[0], engines[1], forceCopy, limits ?? Limits);
    }

    /// <summary>Bounded by patience, without a sleep that would decide anything.</summary>
    public static async Task UntilAsync(Func<Task<bool>> condition, CancellationToken cancellationToken)
    {
        while (!await condition())
        {
            cancellationToken.ThrowIfCancellationRequested();
            await Task.Delay(1, cancellationToken);
        }
    }

    /// <summary>Completes when the engine is a replica with its copy complete.</summary>
    public Task UntilReplicaAsync(IShardEngine engine) =>
        UntilAsync(async () => (await engine.ProbeAsync(Lab.Token)) is { IsMaster: false, LinkUp: true }, Lab.Token);

    /// <summary>The whole move, with nobody writing.</summary>
    public async Task RunAsync()
    {
        await Mover.AttachAsync(new Progress<MoveProgress>(), Lab.Token);
        await SwitchAsync(() => { });
    }

    /// <summary>The part under the closed gate.</summary>
    public async Task SwitchAsync(Action retarget)
    {
        await Gate.CloseAsync();
        await Mover.CatchUpAsync(Lab.Token);
        await Mover.FenceAsync(Lab.Token);
        await Mover.PromoteAsync(Lab.Token);
        await Mover.WakeAsync(Lab.Token);
        retarget();
        Gate.Open();
        await Mover.RetireOldAsync(keepAsReplica: false, Lab.Token);
    }

    public async Task<SortedDictionary<string, string>> ReadAsync(IShardEngine engine)
    {
        await using RespConnection connection = await Lab.ConnectAsync(engine);
        return await Keyspace.ReadAsync(connection, Lab.Token);
    }

    public async Task FillAsync(int count)
    {
        await using RespConnection connection = await Lab.ConnectAsync(Source);
        foreach (int[] numbers in Enumerable.Range(0, count).Chunk(5000))
        {
            RespBatch batch = new();
            foreach (int number in numbers)
            {
                batch.Add("SET", Name(number), $"value {number}");
            }

            Assert.DoesNotContain(await connection.SendAsync(batch, Lab.Token), reply => reply.IsError);
        }
    }

    public async Task AssertFilledAsync(IShardEngine engine, int count)
    {
        await using RespConnection connection = await Lab.ConnectAsync(engine);
        foreach (int[] numbers in Enumerable.Range(0, count).Chunk(5000))
        {
            RespBatch batch = new();
            foreach (int number in numbers)
            {
                batch.Add("GET", Name(number));
            }

            RespReply[] replies = await connection.SendAsync(batch, Lab.Token);
            Assert.All(numbers.Zip(replies), pair => Assert.Equal($"value {pair.First}", pair.Second.Text));
        }
    }

    public async Task AssertServesAsync(IShardEngine engine)
    {
        await using RespConnection connection = await Lab.ConnectAsync(engine);
        await connection.DemandAsync(["SET", "serves", "yes"], Lab.Token);
        Assert.Equal("yes", (await connection.CallAsync(["GET", "serves"], Lab.Token)).Text);
    }

    public async Task FillWithAllTypesAsync()
    {
        await using RespConnection connection = await Lab.ConnectAsync(Source);
        byte[] binary = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];
        foreach (string database in new[] { "0", "7", "15" })
        {
            RespBatch batch = new();
            batch.Add("SELECT", database);
            batch.Add("SET", "string", "value " + database).Add("SET", "empty", "").Add("SET", "number", "42");
            batch.Command("SET", 2).Argument(binary).Argument(binary);
            batch.Add("SET", "expiring", "x").Add("PEXPIREAT", "expiring", "32503680000123");
            batch.Add("RPUSH", "list", "a", "b", "a", "", "ä").Command("RPUSH", 2).Argument("binary list").Argument(binary);
            batch.Add("HSET", "hash", "f", "v", "empty", "", "ü", "ö");
            batch.Command("HSET", 3).Argument("binary hash").Argument(binary).Argument(binary);
            batch.Add("SADD", "set", "1", "2", "three", "").Add("SADD", "intset", "3", "1", "2");
            batch.Add("ZADD", "zset", "1", "one", "-2.5", "minus", "1e300", "huge", "0.1", "tenth", "3.0000000000000004", "close");
            batch.Add("ZADD", "zset infinite", "inf", "top", "-inf", "bottom");
            batch.Add("PEXPIREAT", "list", "32503680000456").Add("PEXPIREAT", "zset", "32503680000789");
            batch.Add("SETBIT", "bits", "1000", "1").Add("GEOADD", "geo", "13.361389", "38.115556", "Palermo");
            Assert.DoesNotContain(await connection.SendAsync(batch, Lab.Token), reply => reply.IsError);
        }
    }

    public async Task FillWithBigValuesAsync()
    {
        const int Elements = 25_000;
        await using RespConnection connection = await Lab.ConnectAsync(Source);
        RespBatch batch = new();
        foreach (int[] part in Enumerable.Range(0, Elements).Chunk(500))
        {
            batch.Add("RPUSH", ["list", .. part.Select(i => $"element {i}")]);
            batch.Add("SADD", ["set", .. part.Select(i => $"element {i}")]);
            batch.Add("HSET", ["hash", .. part.SelectMany(i => new[] { $"field {i}", $"value {i}" })]);
            batch.Add("ZADD", ["zset", .. part.SelectMany(i => new[] { i.ToString(CultureInfo.InvariantCulture) + ".25", $"member {i}" })]);
        }

        byte[] big = new byte[5_000_000];
        new Random(1).NextBytes(big);
        batch.Command("SET", 2).Argument("string").Argument(big).Add("PEXPIREAT", "hash", "32503680000456");
        Assert.DoesNotContain(await connection.SendAsync(batch, Lab.Token), reply => reply.IsError);
    }

    public async ValueTask DisposeAsync()
    {
        await Mover.DisposeAsync();
        await Lab.DisposeAsync();
    }

    public static string Name(int number) => $"key:{number}";
}
