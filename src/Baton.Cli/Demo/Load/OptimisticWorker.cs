using System.Globalization;
using Baton.Cli.Demo.Model;

namespace Baton.Cli.Demo.Load;

/// <summary>WATCH, GET, MULTI, SET n+1, EXEC on a key that several connections raise. A null EXEC is no failure: it tries again.</summary>
internal sealed class OptimisticWorker(string key, SharedCounterModel model, ILoadClient client, LoadStatistics statistics)
    : LoadWorker(client, statistics)
{
    /// <inheritdoc/>
    protected override string Name => $"WATCH {key}";

    /// <inheritdoc/>
    protected override async Task StepAsync()
    {
        var read = await TryExecuteAsync([["WATCH", key], ["GET", key]]);
        if (read is null || read.Any(reply => reply.IsError))
        {
            return;
        }

        var next = (read[1].IntegerOrNull ?? 0) + 1;
        var write = await TryExecuteAsync([["MULTI"], ["SET", key, next.ToString(CultureInfo.InvariantCulture)], ["EXEC"]]);
        if (write is null || write[^1].IsError)
        {
            model.Unknown();
        }
        else if (!write[^1].IsNull)
        {
            model.Confirmed(next);
        }
    }
}
