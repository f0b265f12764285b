using System.CommandLine;
using System.CommandLine.Invocation;
using Baton.Cli.Api;
using Baton.Cli.Bench;
using Baton.Cli.Demo;
using Baton.Cli.Verbs;

namespace Baton.Cli;

/// <summary>The <c>baton</c> program: its verbs, and what happens around all of them.</summary>
internal static class BatonProgram
{
    /// <summary>How long a verb may take to end after Ctrl-C or SIGTERM before the process ends anyway.</summary>
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(20);

    /// <summary>The command line's grammar.</summary>
    public static RootCommand CreateRoot()
    {
        var root = new RootCommand("Baton: smart client handoffs for every Redis-compatible engine.")
        {
            ApiOptions.Url, ApiOptions.User, ApiOptions.UserFile, ApiOptions.Data, ApiOptions.Insecure,
        };
        root.Subcommands.Add(UpCommand.Create());
        root.Subcommands.Add(RecoverCommand.Create());
        root.Subcommands.Add(StatusCommand.Create());
        root.Subcommands.Add(MigrateCommand.Create());
        root.Subcommands.Add(FailoverCommand.Create());
        root.Subcommands.Add(BindCommand.Create());
        root.Subcommands.Add(DbCommand.Create());
        root.Subcommands.Add(ClusterCommand.Create());
        root.Subcommands.Add(ActionCommand.Create());
        root.Subcommands.Add(DemoCommand.Create());
        root.Subcommands.Add(BenchCommand.Create());
        return root;
    }

    /// <summary>Runs a command line; the result is the process's exit code.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = EndLimit };
        try
        {
            var parsed = CreateRoot().Parse(args);
            if (parsed.Action is ParseErrorAction error)
            {
                error.ShowHelp = false; // the error would scroll away above it
            }

            return await parsed.InvokeAsync(configuration).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            const int Interrupted = 130; // What a shell expects of a program that Ctrl-C ended.
            return Interrupted;
        }
    }
}
