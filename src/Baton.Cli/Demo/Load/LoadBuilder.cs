using Baton.Cli.Demo.Model;
using Baton.Cli.Demo.Raw;

namespace Baton.Cli.Demo.Load;

/// <summary>Makes the clients and callers of a <see cref="LoadRun"/>: which kinds there are and how the rate is shared out.</summary>
internal sealed class LoadBuilder(LoadRun run, LoadContext context, int seed)
{
    private const int PipelineDepth = 32;
    private const int PipelineKeys = 8;
    private const int ValueKeys = 64;

    // Shares of the whole rate, in commands.
    private const double PipelinedShare = 0.55;
    private const double OthersShare = 0.45;

    private readonly Random _random = new(seed);
    private TimeSpan _pipelined;
    private TimeSpan _other;

    /// <summary>Makes them all and connects them.</summary>
    public async Task BuildAsync(LoadShape shape, CancellationToken cancellationToken)
    {
        // Callers per connection index: two pipelines (raw, StackExchange.Redis), and twelve others with about two commands per step.
        _pipelined = Interval(shape, PipelinedShare, callers: 2, commandsPerStep: PipelineDepth);
        _other = Interval(shape, OthersShare, callers: 12, commandsPerStep: 2);
        for (var i = 0; i < shape.Connections; i++)
        {
            await AddRawAsync(i, cancellationToken);
            await AddListAsync(i, cancellationToken);
            await AddStreamAsync(i, cancellationToken);
            await AddStackExchangeAsync(i, cancellationToken);
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

    private async Task AddStreamAsync(int i, CancellationToken cancellationToken)
    {
        var channel = $"news:{i}";
        var subscribers = new[] { new[] { "SUBSCRIBE", channel }, ["PSUBSCRIBE", $"news:{i}*"] };
        var models = subscribers.Select(subscribe => new SubscriptionModel(string.Join(' ', subscribe), Findings)).ToArray();
        for (var s = 0; s < subscribers.Length; s++)
        {
            var byChannel = new Dictionary<string, SubscriptionModel> { [channel] = models[s] };
            await run.Own(new RawSubscriber(subscribers[s], byChannel, context)).OpenAsync(cancellationToken);
        }

        run.AddStream(new Publisher(channel, await RawAsync("raw publisher", cancellationToken), Statistics), models, _other);
    }

    private async Task AddStackExchangeAsync(int i, CancellationToken cancellationToken)
    {
        var endpoints = await context.Resolve(cancellationToken);
        var client = run.Own(await StackExchangeClient.ConnectAsync(context, endpoints[i % endpoints.Count], "StackExchange.Redis"));
        run.Add(new CounterWorker($"se-pipe-{i}", PipelineKeys, PipelineDepth, client, Statistics, Findings), _pipelined);
        run.Add(new CounterWorker($"se-one-{i}", 1, 1, client, Statistics, Findings), _other);
        var values = new ValueModel($"se-value-{i}", ValueKeys, Findings);
        run.Add(new ValueWorker(values, new Random(_random.Next()), client, Statistics), _other);
        run.Add(new ListProducer($"list:{i % 2}", 1000 + i, run.List($"list:{i % 2}"), client, Statistics), _other);
        run.Add(new ScriptWorker($"se-script-{i}", client, Statistics, Findings), _other);
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
