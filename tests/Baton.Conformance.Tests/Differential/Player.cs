using System.Diagnostics;
using Baton.TestKit.Resp;

namespace Baton.Conformance.Tests.Differential;

/// <summary>What a server answered to one step.</summary>
public sealed record Answer(Step Step, IReadOnlyList<RespValue> Frames);

/// <summary>Plays scripts on a server.</summary>
public sealed class Player(string host, int port)
{
    private const int BatchSteps = 60; // fewer than a proxy may let a client send ahead

    /// <summary>Plays a script; answers are those of the compared steps.</summary>
    public IReadOnlyList<Answer> Play(Script script)
    {
        var wires = new Dictionary<char, Wire>();
        try
        {
            var answers = new List<Answer>();
            foreach (var batch in Batches(script.Steps))
            {
                PlayBatch(script, batch, wires, answers);
            }

            return answers;
        }
        finally
        {
            foreach (var wire in wires.Values)
            {
                wire.Dispose();
            }
        }
    }

    // Steps are sent together up to one after which the connection changes, or whose replies are not one each.
    private static IEnumerable<List<Step>> Batches(IReadOnlyList<Step> steps)
    {
        var batch = new List<Step>();
        foreach (var step in steps)
        {
            if (batch.Count > 0 && (batch.Count == BatchSteps || batch[^1].Connection != step.Connection || batch[^1].Frames != 1))
            {
                yield return batch;
                batch = [];
            }

            batch.Add(step);
        }

        yield return batch;
    }

    private void PlayBatch(Script script, List<Step> batch, Dictionary<char, Wire> wires, List<Answer> answers)
    {
        if (batch[0].Words is [CorpusFile.UntilBlocked])
        {
            WaitUntilBlocked();
            return;
        }

        var wire = Connected(script, batch[0].Connection, wires);
        wire.Send(string.Concat(batch.Select(Bytes)));
        foreach (var step in batch)
        {
            RespValue[] frames = [.. Enumerable.Range(0, step.Frames).Select(_ => wire.Read())];
            if (step.Compared)
            {
                answers.Add(new Answer(step, frames));
            }
        }
    }

    // After a silent or closed connection the script goes on with a new one: one fault must not hide what follows.
    private Wire Connected(Script script, char name, Dictionary<char, Wire> wires)
    {
        if (wires.TryGetValue(name, out var wire) && !wire.IsDone)
        {
            return wire;
        }

        wire?.Dispose();
        wire = wires[name] = Wire.Open(host, port);
        if (wires.Count == 1 && name == 'A' && !script.Steps[0].Words.Contains("DEL"))
        {
            wire.Send(Wire.Encode(["FLUSHALL"]));
            wire.Read();
        }

        if (script.Form == Form.Resp3)
        {
            wire.Send(Wire.Encode(["HELLO", "3"]));
            wire.Read();
        }

        return wire;
    }

    // Two connections have no order between them but this.
    private void WaitUntilBlocked()
    {
        using var wire = Wire.Open(host, port);
        var started = Stopwatch.GetTimestamp();
        do
        {
            wire.Send(Wire.Encode(["INFO", "clients"]));
        }
        while (wire.Read().Text?.Contains("blocked_clients:0", StringComparison.Ordinal) != false
            && Stopwatch.GetElapsedTime(started).TotalMilliseconds < Wire.LimitMs);
    }

    private static string Bytes(Step step) => step.Raw ?? (step.Words.Length == 0 ? "" : Wire.Encode(step.Words));
}
