namespace Baton.Conformance.Tests.Differential;

/// <summary>What is tried of a command.</summary>
public enum Trial
{
    /// <summary>Only what must be there, with values that fit.</summary>
    Plain,

    /// <summary>With an optional argument, or another of several, or one repeated.</summary>
    Shape,

    /// <summary>An edge value instead of one that fits.</summary>
    Value,

    /// <summary>Too few or too many arguments.</summary>
    Count,
}

/// <summary>A command's words and what is tried with them.</summary>
public sealed record Phrase(Trial Trial, string[] Words);

/// <summary>
/// Makes phrases from a command's documentation: the shortest that fits; then one for each option, each alternative, each repetition; then
/// one for each edge value of each argument; then too few and too many words.
/// </summary>
public sealed class PhraseMaker(DocumentedCommand command)
{
    private readonly List<Phrase> _phrases = [];
    private readonly HashSet<string> _seen = [];

    // What the phrase being made has that the plain one has not.
    private readonly HashSet<Argument> _included = new(ReferenceEqualityComparer.Instance);
    private Argument? _repeated;
    private Argument? _changed;
    private string _value = "";

    /// <summary>All phrases of a command, without doubles.</summary>
    public static IReadOnlyList<Phrase> Of(DocumentedCommand command)
    {
        var maker = new PhraseMaker(command);
        maker.MakeAll();
        return maker._phrases;
    }

    private void MakeAll()
    {
        Add(Trial.Plain, Words());
        var plain = Words();
        Add(Trial.Count, command.Words);
        Add(Trial.Count, [.. command.Words.Take(1)]);
        Add(Trial.Count, plain[..^1]);
        Add(Trial.Count, [.. plain, "{t}extra"]);
        Add(Trial.Count, [.. plain, "{t}extra", "{t}more", "{t}str"]);
        foreach (var argument in command.Arguments)
        {
            Try(argument);
        }

        _included.UnionWith(All(command.Arguments).Where(argument => argument.IsOptional));
        Add(Trial.Shape, Words());
    }

    // The argument and, below it, its parts: each in a phrase that has whatever must be there for it.
    private void Try(Argument argument)
    {
        var added = _included.Add(argument);
        Add(Trial.Shape, Words());
        if (argument.IsMultiple)
        {
            _repeated = argument;
            Add(Trial.Shape, Words());
            _repeated = null;
        }

        foreach (var value in EdgeValues.Of(argument.Type))
        {
            (_changed, _value) = (argument, value);
            Add(Trial.Value, Words());
            _changed = null;
        }

        foreach (var part in argument.Parts)
        {
            Try(part);
        }

        if (added)
        {
            _included.Remove(argument);
        }
    }

    private void Add(Trial trial, string[] words)
    {
        if (words.Length > 0 && _seen.Add(string.Join('\n', words)))
        {
            _phrases.Add(new Phrase(trial, words));
        }
    }

    private string[] Words() => [.. command.Words, .. command.Arguments.SelectMany(Say)];

    private IEnumerable<string> Say(Argument argument)
    {
        if (argument.IsOptional && !_included.Contains(argument))
        {
            return [];
        }

        var once = SayOnce(argument);
        IEnumerable<string> token = argument.Token is { } word && argument.Type != "pure-token" ? [word] : [];
        return _repeated == argument
            ? [.. token, .. once, .. argument.RepeatsToken ? token : [], .. once]
            : [.. token, .. once];
    }

    private IEnumerable<string> SayOnce(Argument argument) => argument.Type switch
    {
        "pure-token" => [argument.Token!],
        "oneof" => Say(argument.Parts.FirstOrDefault(_included.Contains) ?? argument.Parts[0]),
        "block" => argument.Parts.SelectMany(Say),
        _ => [_changed == argument ? _value : EdgeValues.Fitting(command, argument)],
    };

    private static IEnumerable<Argument> All(IEnumerable<Argument> arguments) =>
        arguments.SelectMany(argument => All(argument.Parts).Prepend(argument));
}
