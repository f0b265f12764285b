using Baton.Cli.Demo.Model;

namespace Baton.Cli.Demo.Load;

/// <summary>MULTI, two INCR, EXEC as one pipeline: both counters always answer the same.</summary>
internal sealed class TransactionWorker(string name, ILoadClient client, LoadStatistics statistics, FindingLog findings)
    : LoadWorker(client, statistics)
{
    private readonly string[] _keys = [$"{{{name}}}:a", $"{{{name}}}:b"];
    private readonly CounterModel[] _models = [new($"{{{name}}}:a", findings), new($"{{{name}}}:b", findings)];

    /// <inheritdoc/>
    protected override string Name => $"EXEC {name}";

    /// <inheritdoc/>
    public override async Task VerifyAsync(ILoadClient reader)
    {
        var replies = await ReadAsync(reader, ["GET", _keys[0]], ["GET", _keys[1]]);
        _models[0].Finish(replies[0].IntegerOrNull);
        _models[1].Finish(replies[1].IntegerOrNull);
        if (replies[0].IntegerOrNull != replies[1].IntegerOrNull)
        {
            findings.Report(FindingKind.Lost, 1, $"{name}: half a transaction: {replies[0].Text} and {replies[1].Text}");
        }
    }

    /// <inheritdoc/>
    protected override async Task StepAsync()
    {
        var replies = await TryExecuteAsync([["MULTI"], ["INCR", _keys[0]], ["INCR", _keys[1]], ["EXEC"]]);
        if (replies?[^1].Items is not [{ IsError: false } first, { IsError: false } second])
        {
            _models[0].Unknown();
            _models[1].Unknown();
            if (replies is not null && !replies[^1].IsError)
            {
                findings.Report(FindingKind.Lost, 1, $"{name}: EXEC without WATCH answered {replies[^1]}");
            }

            return;
        }

        _models[0].Acked(first.Integer);
        _models[1].Acked(second.Integer);
        if (first.Integer != second.Integer)
        {
            findings.Report(FindingKind.OutOfOrder, 1, $"{name}: one transaction answered {first.Integer} and {second.Integer}");
        }
    }
}
