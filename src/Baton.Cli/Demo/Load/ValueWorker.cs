using Baton.Cli.Demo.Model;
using Baton.Cli.Demo.Raw;

namespace Baton.Cli.Demo.Load;

/// <summary>SET and GET, MSET and MGET over keys of its own on all shards: it must read what it wrote.</summary>
internal sealed class ValueWorker(ValueModel model, Random random, ILoadClient client, LoadStatistics statistics)
    : LoadWorker(client, statistics)
{
    private const int KeysAtOnce = 4;

    /// <inheritdoc/>
    protected override string Name => model.Key(0);

    /// <inheritdoc/>
    public override async Task VerifyAsync(ILoadClient reader)
    {
        for (var i = 0; i < model.Count; i++)
        {
            model.Read(i, (await ReadAsync(reader, ["GET", model.Key(i)]))[0].Text);
        }
    }

    /// <inheritdoc/>
    protected override Task StepAsync() => random.Next(4) == 0 ? WriteManyAsync() : WriteOneAsync();

    private async Task WriteOneAsync()
    {
        var index = random.Next(model.Count);
        var version = model.NextVersion();
        var replies = await TryExecuteAsync([["SET", model.Key(index), model.Value(index, version)], ["GET", model.Key(index)]]);
        Written([index], version, replies?[0]);
        if (replies is not null && !replies[1].IsError)
        {
            model.Read(index, replies[1].Text);
        }
    }

    private async Task WriteManyAsync()
    {
        var first = random.Next(model.Count);
        int[] indexes = [.. Enumerable.Range(first, KeysAtOnce).Select(i => i % model.Count)];
        var version = model.NextVersion();
        string[] write = ["MSET", .. indexes.SelectMany(i => new[] { model.Key(i), model.Value(i, version) })];
        string[] read = ["MGET", .. indexes.Select(model.Key)];
        var replies = await TryExecuteAsync([write, read]);
        Written(indexes, version, replies?[0]);
        if (replies?[1].Items is { } values)
        {
            for (var i = 0; i < indexes.Length; i++)
            {
                model.Read(indexes[i], values[i].Text);
            }
        }
    }

    private void Written(int[] indexes, long version, RawReply? reply)
    {
        foreach (var index in indexes)
        {
            if (reply is null || reply.IsError)
            {
                model.Unknown(index, version);
            }
            else
            {
                model.Written(index, version);
            }
        }
    }
}
