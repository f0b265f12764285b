using System.Net;
using Baton.Cli.Demo.Model;
using Baton.Cli.Demo.Raw;
using Baton.Client;
using Baton.Protocol.Subscriptions;

namespace Baton.Cli.Demo.Load;

/// <summary>Makes the clients and callers of a <see cref="LoadRun"/>: which kinds there are and how the rate is shared out.</summary>
internal sealed class LoadBuilder(LoadRun run, LoadContext context, int seed)
{
    private const int PipelineDepth = 32;
    private const int PipelineKeys = 8;
    private const int ValueKeys = 64;

    // Producers and consumers of Baton.Client are numbered from here.
    private const int BatonFirst = 2000;

    // Shares of the whole rate, in commands.
    private const double PipelinedShare = 0.55;
    private const double OthersShare = 0.45;

    private readonly Random _random = new(seed);
    private TimeSpan _pipelined;
    private TimeSpan _other;

    /// <summary>Makes them all and connects them.</summary>
    public async Task BuildAsync(LoadShape shape, CancellationToken cancellationToken)
    {
        // Callers per connection index: three pipelines (raw, StackExchange.Redis, Baton.Client), and eighteen others with about two commands
        // per step.
        _pipelined = Interval(shape, PipelinedShare, callers: 3, commandsPerStep: PipelineDepth);
        _other = Interval(shape, OthersShare, callers: 18, commandsPerStep: 2);
        for (var i = 0; i < shape.Connections; i++)
        {
            await AddRawAsync(i, cancellationToken);
            await AddListAsync(i, cancellationToken);
            var baton = run.Own(await BatonDatabase.ConnectAsync(context, await EndpointAsync(i, cancellationToken), cancellationToken));
            await AddStreamAsync(i, baton, cancellationToken);
            await AddStackExchangeAsync(i, cancellationToken);
            AddBaton(i, baton);
        }
    }

    private static TimeSpan Interval(LoadShape shape, double share, int callers, int commandsPerStep) => shape.CommandsPerSecond == 0
        ? TimeSpan.Zero
        : TimeSpan.FromSeconds(callers * shape.Connections * commandsPerStep / (shape.CommandsPerSecond * share));

    private async Task AddRawAsync(int i, CancellationToken cancellationToken)
    {
        var pipelined = await RawAsync("raw pipelined", cancellationToken);
        run.Add(new CounterWorker($"raw-pipe-{i}", PipelineKeys, PipelineDepth, pipelined, Statistics, Findings), _pipelined);
        run.Add(new CounterWorker($"raw-one-{i}", 1, 1, await RawAsync("raw single", cancellationToken), Statistics, Findings), _other);
        var unnamed = await RawAsync("raw, null target", cancellationToken, "none");
        run.Add(new CounterWorker($"raw-none-{i}", 1, 1, unnamed, Statistics, Findings), _other);
        var values = new ValueModel($"raw-value-{i}", ValueKeys, Findings);
        run.Add(new ValueWorker(values, new Random(_random.Next()), await RawAsync("raw values", cancellationToken), Statistics), _other);
        var transactions = await RawAsync("raw transactions", cancellationToken);
        run.Add(new TransactionWorker($"raw-multi-{i}", transactions, Statistics, Findings), _other);
        var watcher = await RawAsync("raw transactions", cancellationToken);
        run.Add(new OptimisticWorker("watched", run.Shared("watched"), watcher, Statistics), _other);
        run.Add(new ScriptWorker($"raw-script-{i}", await RawAsync("raw scripts", cancellationToken), Statistics, Findings), _other);
    }

    private async Task AddListAsync(int i, CancellationToken cancellationToken)
    {
        // Two consumers each, and one of two lists shared by all connections, so that several blocked clients wait for one key.
        var key = $"list:{i % 2}";
        run.Add(new ListProducer(key, i, run.List(key), await RawAsync("raw producer", cancellationToken), Statistics), _other);
        for (var consumer = 0; consumer < 2; consumer++)
        {
            var client = await RawAsync("raw blocking", cancellationToken);
            run.Add(new ListConsumer(key, (2 * i) + consumer, run.List(key), client, Statistics), TimeSpan.Zero);
        }
    }

    private async Task AddStreamAsync(int i, BatonDatabase baton, CancellationToken cancellationToken)
    {
        var channel = $"news:{i}";
        var subscribers = new[] { new[] { "SUBSCRIBE", channel }, ["PSUBSCRIBE", $"news:{i}*"] };
        var models = subscribers.Select(subscribe => new SubscriptionModel(string.Join(' ', subscribe), Findings)).ToArray();
        for (var s = 0; s < subscribers.Length; s++)
        {
            var byChannel = new Dictionary<string, SubscriptionModel> { [channel] = models[s] };
            await run.Own(new RawSubscriber(subscribers[s], byChannel, context)).OpenAsync(cancellationToken);
        }

        var (byName, byPattern) = (new SubscriptionModel($"Baton.Client {channel}", Findings), new SubscriptionModel($"Baton.Client {channel}*", Findings));
        await baton.SubscribeAsync(SubscriptionKind.Channel, channel, byName, cancellationToken);
        await baton.SubscribeAsync(SubscriptionKind.Pattern, $"{channel}*", byPattern, cancellationToken);
        run.AddStream(new Publisher(channel, await RawAsync("raw publisher", cancellationToken), Statistics), [.. models, byName, byPattern], _other);
    }

    private async Task AddStackExchangeAsync(int i, CancellationToken cancellationToken)
    {
        var endpoint = await EndpointAsync(i, cancellationToken);
        var client = run.Own(await StackExchangeClient.ConnectAsync(context, endpoint, "StackExchange.Redis"));
        run.Add(new CounterWorker($"se-pipe-{i}", PipelineKeys, PipelineDepth, client, Statistics, Findings), _pipelined);
        run.Add(new CounterWorker($"se-one-{i}", 1, 1, client, Statistics, Findings), _other);
        var values = new ValueModel($"se-value-{i}", ValueKeys, Findings);
        run.Add(new ValueWorker(values, new Random(_random.Next()), client, Statistics), _other);
        run.Add(new ListProducer($"list:{i % 2}", 1000 + i, run.List($"list:{i % 2}"), client, Statistics), _other);
        run.Add(new ScriptWorker($"se-script-{i}", client, Statistics, Findings), _other);
    }

    private void AddBaton(int i, BatonDatabase baton)
    {
        run.Add(new CounterWorker($"baton-pipe-{i}", PipelineKeys, PipelineDepth, Caller(), Statistics, Findings), _pipelined);
        run.Add(new CounterWorker($"baton-one-{i}", 1, 1, Caller(), Statistics, Findings), _other);
        var values = new ValueModel($"baton-value-{i}", ValueKeys, Findings);
        run.Add(new ValueWorker(values, new Random(_random.Next()), Caller(), Statistics), _other);
        run.Add(new TransactionWorker($"baton-multi-{i}", Caller(), Statistics, Findings), _other);
        run.Add(new OptimisticWorker("watched", run.Shared("watched"), Caller(), Statistics), _other);
        run.Add(new ScriptWorker($"baton-script-{i}", Caller(), Statistics, Findings), _other);
        var list = $"list:{i % 2}";
        run.Add(new ListProducer(list, BatonFirst + i, run.List(list), Caller(), Statistics), _other);
        var consumer = run.Own(baton.Caller("Baton.Client blocking"));
        run.Add(new ListConsumer(list, BatonFirst + i, run.List(list), consumer, Statistics), TimeSpan.Zero);

        BatonClient Caller() => run.Own(baton.Caller(BatonDatabase.Name));
    }

    private async Task<IPEndPoint> EndpointAsync(int i, CancellationToken cancellationToken)
    {
        var endpoints = await context.Resolve(cancellationToken);
        return endpoints[i % endpoints.Count];
    }

    private LoadStatistics Statistics => context.Statistics;

    private FindingLog Findings => context.Findings;

    private async Task<RawClient> RawAsync(string row, CancellationToken cancellationToken, string endpointType = "internal-ip")
    {
        var client = run.Own(new RawClient(row, endpointType, context));
        await client.OpenAsync(endpoint: null, cancellationToken);
        return client;
    }
}
