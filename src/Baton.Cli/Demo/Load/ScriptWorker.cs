using Baton.Cli.Demo.Model;

namespace Baton.Cli.Demo.Load;

/// <summary>A counter raised by a script that is loaded once and then only named (EVALSHA): it must never be unknown.</summary>
internal sealed class ScriptWorker(string name, ILoadClient client, LoadStatistics statistics, FindingLog findings)
    : LoadWorker(client, statistics)
{
    private const string Script = "return redis.call('INCR', KEYS[1])";

    private readonly CounterModel _model = new(name, findings);
    private string[][] _batch = [];

    /// <inheritdoc/>
    protected override string Name => name;

    /// <inheritdoc/>
    public override async Task PrepareAsync()
    {
        var replies = await ReadAsync(Client, ["SCRIPT", "LOAD", Script]);
        _batch = [["EVALSHA", replies[0].Text!, "1", name]];
    }

    /// <inheritdoc/>
    public override async Task VerifyAsync(ILoadClient reader) =>
        _model.Finish((await ReadAsync(reader, ["GET", name]))[0].IntegerOrNull);

    /// <inheritdoc/>
    protected override async Task StepAsync()
    {
        var replies = await TryExecuteAsync(_batch);
        if (replies is null || replies[0].IsError)
        {
            _model.Unknown();
        }
        else
        {
            _model.Acked(replies[0].Integer);
        }
    }
}
