using Baton.Cluster.Operations;
using Baton.Cluster.Requests;

namespace Baton.Cluster.Tests.Scenarios.Verbs;

/// <summary>One command of the scripts.</summary>
internal interface IScenarioVerb
{
    /// <summary>Its first word.</summary>
    string Name { get; }

    /// <summary>Does it; what happens is written by the world.</summary>
    void Do(ScenarioWorld world, string[] words);
}

/// <summary>What several verbs share.</summary>
internal static class ScenarioWords
{
    /// <summary>The value of <c>name=value</c>, or null.</summary>
    public static string? Value(this string[] words, string name) =>
        words.FirstOrDefault(w => w.StartsWith($"{name}=", StringComparison.Ordinal))?[(name.Length + 1)..];

    /// <summary><c>1,2</c> as numbers.</summary>
    public static int[] Numbers(this string word) => [.. word.Split(',').Select(n => int.Parse(n, null))];

    /// <summary>Sends a request and writes what is wrong with it.</summary>
    public static void Send(this ScenarioWorld world, ClusterRequest request)
    {
        foreach (RequestError error in world.Step(new Requested(request))!.Errors)
        {
            world.Write($"{error.Kind} {error.Code}{(error.Field is null ? "" : $" [{error.Field}]")}: {error.Message}");
        }
    }
}
