using System.CommandLine;
using System.CommandLine.Help;
using System.Security.Cryptography;
using Baton.Cli.Demo.Load;
using Baton.Cli.Demo.View;
using Spectre.Console;

namespace Baton.Cli.Demo;

/// <summary><c>baton demo</c></summary>
internal static class DemoCommand
{
    private const string Help = """
        What is counted:
          Every reply is checked against a model, and at the end the whole model against the database:
            failed       commands that ended with an error or without a reply, of any client
            lost         acknowledged writes, list elements and messages that are not there
            duplicated   increments executed twice, elements or messages delivered twice
            outOfOrder   replies, elements and messages in another order than sent
            unannouncedDisconnects  connections the server closed without MOVING, or before the announced time

          Clients: raw RESP3 connections that hand off by themselves (pipelined and single counters, values over all shards, MULTI
          and WATCH, scripts, lists with blocking consumers, publishers and subscribers; some with a null MOVING target), Baton.Client
          with all of that on one client, and StackExchange.Redis with MaintenanceNotifications = Enabled. StackExchange.Redis is not
          asked to subscribe: when it moves it drops its subscription connection before it makes the new one, against any server.
          That second connection does not opt in and is not counted. Nor is it given transactions: it sends EXEC only when the queued
          commands were answered, and its own handoff may close the connection in between.

          The exit code is 0 only if all five are 0 and every operation completed (or the engine cannot do it, and said so).
        """;

    private static readonly Option<string> Engine = new("--engine")
    {
        Description = "The engine: garnet (embedded) or redis (redis-server processes with replicas).",
        DefaultValueFactory = _ => "garnet",
    };

    private static readonly Option<string?> EnginePath = new("--engine-path")
    {
        Description = "Path of redis-server. Default: looked up on PATH.",
    };

    private static readonly Option<string> Persist = new("--persist")
    {
        Description = "How the engine writes to disk: none, everysec, always.",
        DefaultValueFactory = _ => "everysec",
    };

    private static readonly Option<int> Seconds = Number(
        "--seconds", "How long; the operation under way is finished, each runs at least once.", 60, 1, 86400);

    private static readonly Option<int> Nodes = Number("--nodes", "Nodes of the cluster.", 3, 3, 9);
    private static readonly Option<int> Shards = Number("--shards", "Master shards of the database.", 2, 1, 16);
    private static readonly Option<int> Connections = Number("--connections", "Connections of each kind.", 2, 1, 50);

    private static readonly Option<int> Rate = Number(
        "--rate", "Commands per second, about, of all clients; 0 = as many as go.", 8000, 0, 1_000_000);

    private static readonly Option<int> DelayMs = Number(
        "--handoffs-delay-ms", "Between an opening notification and its operation; a cluster's own default is 2000.", 500, 0, 10_000);

    private static readonly Option<int> Grace = Number(
        "--grace-seconds", "Between MOVING and the end of the old proxy; a cluster's own default is 15.", 3, 2, 60);

    private static readonly Option<int> HoldLimitMs = Number(
        "--hold-limit-ms", "Longest hold of a shard; more on a machine that is busy with other things.", 500, 1, 10_000);

    private static readonly Option<int?> Seed = new("--seed")
    {
        Description = "Repeat the choices of an earlier run. Default: a new one, which is printed.",
    };

    private static readonly Option<string?> Json = new("--json")
    {
        Description = "Write the verdict as JSON to a file, or to standard output (-), where then nothing else is written.",
        HelpName = "FILE|-",
    };

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        Engine.AcceptOnlyFromAmong("garnet", "redis");
        Persist.AcceptOnlyFromAmong("none", "everysec", "always");
        var command = new Command("demo", "Start a cluster of its own, run every operation under load, and end with a verdict.")
        {
            Engine, EnginePath, Persist, Seconds, Nodes, Shards, Connections, Rate, DelayMs, Grace, HoldLimitMs, Seed, Json,
        };
        command.Options.Add(new HelpOption { Action = new HelpWithMore(Help) });
        command.SetAction((parsed, cancellationToken) => RunAsync(Read(parsed), cancellationToken));
        return command;
    }

    private static DemoOptions Read(ParseResult parsed) => new()
    {
        Engine = parsed.GetValue(Engine)!,
        EnginePath = parsed.GetValue(EnginePath),
        Persistence = parsed.GetValue(Persist)!,
        Length = TimeSpan.FromSeconds(parsed.GetValue(Seconds)),
        Nodes = parsed.GetValue(Nodes),
        Shards = parsed.GetValue(Shards),
        Seed = parsed.GetValue(Seed) ?? RandomNumberGenerator.GetInt32(int.MaxValue),
        Load = new LoadShape(parsed.GetValue(Connections), parsed.GetValue(Rate)),
        HandoffsDelay = TimeSpan.FromMilliseconds(parsed.GetValue(DelayMs)),
        Grace = TimeSpan.FromSeconds(parsed.GetValue(Grace)),
        HoldLimit = TimeSpan.FromMilliseconds(parsed.GetValue(HoldLimitMs)),
        Json = parsed.GetValue(Json),
    };

    private static async Task<int> RunAsync(DemoOptions options, CancellationToken cancellationToken)
    {
        // People's text makes way for the JSON when that goes to standard output.
        var toError = options.Json == "-";
        var people = toError ? Console.Error : Console.Out;
        var terminal = toError ? !Console.IsErrorRedirected : !Console.IsOutputRedirected;
        IDemoView view = terminal
            ? new LiveView(AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(people) }))
            : new LineView(people);
        try
        {
            await people.WriteLineAsync(
                $"baton demo: {options.Engine}, {options.Nodes} nodes, {options.Shards} shards, seed {options.Seed}");
            var report = await RunAsync(options, view, people, cancellationToken);
            VerdictText.Write(people, report);
            await WriteJsonAsync(options.Json, report);
            return report.Passed ? ExitCode.Ok : ExitCode.Failed;
        }
        catch (Exception e) when (e is DemoException or LoadFailedException)
        {
            await Console.Error.WriteLineAsync($"baton: {e.Message}");
            return ExitCode.Failed;
        }
    }

    private static async Task<DemoReport> RunAsync(
        DemoOptions options, IDemoView view, TextWriter people, CancellationToken cancellationToken)
    {
        await using var cluster = await DemoCluster.StartAsync(options, TimeProvider.System, cancellationToken);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, cluster.Ended);
        var run = new DemoRun(options, cluster.Database, password: null, TimeProvider.System);
        var report = await view.ShowAsync(show => run.RunAsync(show, either.Token));
        if (!report.Passed && !cancellationToken.IsCancellationRequested)
        {
            await people.WriteLineAsync($"\nThe cluster's last lines:\n{cluster.Output}");
        }

        return report;
    }

    private static async Task WriteJsonAsync(string? target, DemoReport report)
    {
        if (target == "-")
        {
            await Console.Out.WriteLineAsync(report.ToJson());
        }
        else if (target is not null)
        {
            await File.WriteAllTextAsync(target, report.ToJson() + "\n");
        }
    }

    private static Option<int> Number(string name, string description, int value, int least, int most)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => value };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && result.GetValueOrDefault<int>() is var given && (given < least || given > most))
            {
                result.AddError($"{name} is {given}; it can be {least} to {most}.");
            }
        });
        return option;
    }
}
