using Baton.Lab;
using Baton.TestKit.Processes;
using Xunit;

namespace Baton.Conformance.Tests.Differential;

/// <summary>The corpus, played on a plain server and, when asked, on each cluster. One for all tests of the class.</summary>
public sealed class Comparison : IAsyncLifetime
{
    private readonly Dictionary<string, Task<IReadOnlyList<Difference>>> _differences = [];
    private readonly HashSet<string> _met = [];
    private PlainRedis? _plain;
    private IReadOnlyList<Script> _corpus = [];
    private IReadOnlyList<IReadOnlyList<Answer>> _answers = [];

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        if (!PlainRedis.IsInstalled)
        {
            return;
        }

        _plain = await PlainRedis.StartAsync();
        var player = new Player("127.0.0.1", _plain.Port);
        var docs = player.Play(new Script("docs", Form.Resp2, [new Step('A', ["COMMAND", "DOCS"])]))[0].Frames[0];
        var only = Environment.GetEnvironmentVariable("BATON_CORPUS"); // part of a script's name, for work on one command
        _corpus = [.. CorpusFile.All().Concat(GeneratedCorpus.Of(CommandDocs.Read(docs)))
            .Where(script => only is null || script.Name.Contains(only, StringComparison.OrdinalIgnoreCase))];
        _answers = [.. _corpus.Select(player.Play)];
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_plain is { } plain)
        {
            await plain.DisposeAsync();
        }
    }

    /// <summary>All differences of a cluster from the plain server, expected ones too.</summary>
    public Task<IReadOnlyList<Difference>> DifferencesAsync(ClusterVariant variant) =>
        _differences.TryGetValue(variant.Name, out var known) ? known : _differences[variant.Name] = PlayAsync(variant);

    /// <summary>Those that no entry of the list explains; notes which entries did.</summary>
    public IReadOnlyList<Difference> Unexplained(IReadOnlyList<Difference> differences)
    {
        var left = new List<Difference>();
        foreach (var difference in differences)
        {
            ExpectedDifference[] explaining = [.. ExpectedDifference.All.Where(expected => expected.Explains(difference))];
            _met.UnionWith(explaining.Select(expected => expected.Name));
            if (explaining.Length == 0)
            {
                left.Add(difference);
            }
        }

        return left;
    }

    /// <summary>Entries that explained nothing so far.</summary>
    public IReadOnlyList<string> Unmet => [.. ExpectedDifference.All.Where(expected => !expected.IsChance && ClusterVariant.All.Any(variant => expected.IsOf(variant.Name))).Select(expected => expected.Name).Where(name => !_met.Contains(name))];

    private async Task<IReadOnlyList<Difference>> PlayAsync(ClusterVariant variant)
    {
        await using var cluster = await BatonProcess.StartAsync(
            new BatonOptions { Engine = variant.Engine, Shards = variant.Shards, Notifications = false });
        var player = new Player(await cluster.HostAsync(), cluster.Port);
        return [.. _corpus.Zip(_answers).SelectMany(pair => Compare(variant.Name, pair.First, pair.Second, player.Play(pair.First)))];
    }

    private static IEnumerable<Difference> Compare(string variant, Script script, IReadOnlyList<Answer> plain, IReadOnlyList<Answer> ours)
    {
        var differs = false;
        foreach (var (expected, got) in plain.Zip(ours))
        {
            if (differs && expected.Step.Follows)
            {
                continue;
            }

            var (theirs, mine) = (ReplyRules.Text(expected), ReplyRules.Text(got));
            differs = theirs != mine;
            if (differs)
            {
                yield return new Difference(variant, script.Name, script.Form, expected.Step.Text, theirs, mine);
            }
        }
    }
}
