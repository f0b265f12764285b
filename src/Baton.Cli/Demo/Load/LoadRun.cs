using System.Net;
using Baton.Cli.Demo.Model;
using Baton.Cli.Demo.Raw;

namespace Baton.Cli.Demo.Load;

/// <summary>The whole load: its clients, its callers, their models; from the first connection to the read-back. Used once.</summary>
/// <param name="context">What all share.</param>
/// <param name="seed">What the callers' choices are made from.</param>
internal sealed class LoadRun(LoadContext context, int seed) : IAsyncDisposable
{
    /// <summary>How long subscribers may take to receive what was published last.</summary>
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(5);

    /// <summary>The row of the connection that compares the models with the database.</summary>
    public const string ReadBack = "read-back";

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    private readonly CancellationTokenSource _stop = new();
    private readonly List<IAsyncDisposable> _owned = [];
    private readonly List<(LoadWorker Worker, TimeSpan Interval)> _workers = [];
    private readonly List<(Publisher Publisher, SubscriptionModel[] Models)> _streams = [];
    private readonly Dictionary<string, ListModel> _lists = [];
    private readonly Dictionary<string, SharedCounterModel> _shared = [];
    private Task _running = Task.CompletedTask;

    /// <summary>The raw clients, for moving some of them to other proxies.</summary>
    public IReadOnlyList<RawClient> RawClients => [.. _owned.OfType<RawClient>()];

    /// <summary>Connects everything and begins.</summary>
    /// <exception cref="LoadFailedException">A client could not connect or prepare.</exception>
    public async Task StartAsync(LoadShape shape, CancellationToken cancellationToken)
    {
        try
        {
            await new LoadBuilder(this, context, seed).BuildAsync(shape, cancellationToken);
            foreach (var (worker, _) in _workers)
            {
                await worker.PrepareAsync();
            }
        }
        catch (RawConnectionLostException e)
        {
            throw new LoadFailedException(e.Message, e);
        }

        _running = Task.WhenAll(_workers.Select(entry =>
            Task.Run(() => entry.Worker.RunAsync(new LoadPace(context.Time, entry.Interval), _stop.Token), CancellationToken.None)));
    }

    /// <summary>Stops the load, waits for what is under way, and compares every model with the database.</summary>
    /// <exception cref="LoadFailedException">The database could not be read back.</exception>
    public async Task StopAndVerifyAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await _running;
        await DrainSubscribersAsync(cancellationToken);
        await using var reader = new RawClient(ReadBack, "internal-ip", context);
        try
        {
            await reader.OpenAsync(endpoint: null, cancellationToken);
        }
        catch (RawConnectionLostException e)
        {
            throw new LoadFailedException($"read-back: {e.Message}", e);
        }

        foreach (var (worker, _) in _workers)
        {
            await worker.VerifyAsync(reader);
        }

        foreach (var (key, list) in _lists)
        {
            var remaining = await LoadWorker.ReadAsync(reader, ["LRANGE", key, "0", "-1"]);
            list.Finish(remaining[0].Items!.Select(item => item.Text!));
        }

        foreach (var (key, counter) in _shared)
        {
            counter.Finish((await LoadWorker.ReadAsync(reader, ["GET", key]))[0].IntegerOrNull);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        foreach (var owned in _owned)
        {
            await owned.DisposeAsync();
        }

        _stop.Dispose();
    }

    /// <summary>Takes over a client.</summary>
    internal T Own<T>(T client)
        where T : IAsyncDisposable
    {
        _owned.Add(client);
        return client;
    }

    /// <summary>Adds a caller with the time between its steps.</summary>
    internal void Add(LoadWorker worker, TimeSpan interval) => _workers.Add((worker, interval));

    /// <summary>Adds a published stream and what its subscribers must get.</summary>
    internal void AddStream(Publisher publisher, SubscriptionModel[] models, TimeSpan interval)
    {
        _streams.Add((publisher, models));
        Add(publisher, interval);
    }

    /// <summary>The model of a list; one per key.</summary>
    internal ListModel List(string key) =>
        _lists.TryGetValue(key, out var found) ? found : _lists[key] = new ListModel(key, context.Findings);

    /// <summary>The model of a counter that several callers raise; one per key.</summary>
    internal SharedCounterModel Shared(string key) =>
        _shared.TryGetValue(key, out var found) ? found : _shared[key] = new SharedCounterModel(key, context.Findings);

    private async Task DrainSubscribersAsync(CancellationToken cancellationToken)
    {
        var began = context.Time.GetTimestamp();
        foreach (var (publisher, models) in _streams)
        {
            while (models.Any(model => model.Count < publisher.Acked.Count) && context.Time.GetElapsedTime(began) < DrainLimit)
            {
                await Task.Delay(Poll, context.Time, cancellationToken);
            }

            foreach (var model in models)
            {
                model.Finish(publisher.Acked.Numbers());
            }
        }
    }
}
