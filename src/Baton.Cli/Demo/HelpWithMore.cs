using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Baton.Cli.Demo;

/// <summary>The usual help of a verb, and then a text of its own.</summary>
/// <param name="more">The text.</param>
internal sealed class HelpWithMore(string more) : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        var code = new HelpAction().Invoke(parseResult);
        parseResult.InvocationConfiguration.Output.WriteLine(more);
        return code;
    }
}
