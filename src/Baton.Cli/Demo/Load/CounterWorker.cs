using Baton.Cli.Demo.Model;

namespace Baton.Cli.Demo.Load;

/// <summary>INCR on keys of its own, one at a time or as a pipeline over several keys and shards.</summary>
internal sealed class CounterWorker : LoadWorker
{
    private readonly string[] _keys;
    private readonly CounterModel[] _models;
    private readonly List<string[]> _batch = [];

    /// <summary>Creates a worker.</summary>
    /// <param name="name">Prefix of its keys; unique.</param>
    /// <param name="keys">How many keys, in turn.</param>
    /// <param name="depth">How many INCR are sent at once.</param>
    /// <param name="client">What it runs on.</param>
    /// <param name="statistics">Where failures are counted.</param>
    /// <param name="findings">Where findings go.</param>
    public CounterWorker(string name, int keys, int depth, ILoadClient client, LoadStatistics statistics, FindingLog findings)
        : base(client, statistics)
    {
        Name = name;
        _keys = [.. Enumerable.Range(0, keys).Select(i => $"{name}:{i}")];
        _models = [.. _keys.Select(key => new CounterModel(key, findings))];
        _batch.AddRange(Enumerable.Range(0, depth).Select(i => new[] { "INCR", _keys[i % keys] }));
    }

    /// <inheritdoc/>
    protected override string Name { get; }

    /// <inheritdoc/>
    public override async Task VerifyAsync(ILoadClient reader)
    {
        for (var i = 0; i < _keys.Length; i++)
        {
            var replies = await ReadAsync(reader, ["GET", _keys[i]]);
            _models[i].Finish(replies[0].IntegerOrNull);
        }
    }

    /// <inheritdoc/>
    protected override async Task StepAsync()
    {
        var replies = await TryExecuteAsync(_batch);
        for (var i = 0; i < _batch.Count; i++)
        {
            var model = _models[i % _keys.Length];
            if (replies is null || replies[i].IsError)
            {
                model.Unknown();
            }
            else
            {
                model.Acked(replies[i].Integer);
            }
        }
    }
}
