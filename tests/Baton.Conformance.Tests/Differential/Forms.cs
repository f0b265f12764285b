namespace Baton.Conformance.Tests.Differential;

/// <summary>The same commands, said in another form.</summary>
public static class Forms
{
    private const string CallIt = "return redis.pcall(unpack(ARGV))";
    private const string KeyTag = "{t}";

    /// <summary>A script of these steps in a form.</summary>
    public static Script Say(string name, Form form, IReadOnlyList<Step> steps) => new(name, form, [.. steps.SelectMany(step => Say(step, form))]);

    private static IEnumerable<Step> Say(Step step, Form form)
    {
        if (!step.Compared || step.Words.Length == 0)
        {
            return [step];
        }

        return form switch
        {
            Form.Multi => [new(step.Connection, ["MULTI"], 1, false), step, new(step.Connection, ["EXEC"]) { About = step.Words, Follows = true }],
            Form.Eval => [InScript(step)],
            Form.Inline => [step with { Raw = string.Join(' ', step.Words.Select(Quoting.QuoteAll)) + "\r\n" }],
            _ => [step],
        };
    }

    // A script has to name its keys: what begins with the tag all keys of the corpus have.
    private static Step InScript(Step step)
    {
        string[] keys = [.. step.Words.Skip(1).Where(word => word.StartsWith(KeyTag, StringComparison.Ordinal)).Distinct()];
        return step with { About = step.Words, Words = ["EVAL", CallIt, $"{keys.Length}", .. keys, .. step.Words] };
    }
}
