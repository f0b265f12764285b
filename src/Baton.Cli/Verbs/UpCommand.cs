using System.CommandLine;
using System.Globalization;
using Baton.Cli.Api;
using Baton.Cli.Output;
using Baton.Server.Hosting;

namespace Baton.Cli.Verbs;

/// <summary><c>baton up</c>: runs a cluster until Ctrl-C or SIGTERM.</summary>
internal static class UpCommand
{
    public static Command Create()
    {
        var command = new Command("up", "Run a cluster: several nodes, one database, the REST API.");
        UpOptions.AddTo(command);
        command.SetAction(RunAsync);
        return command;
    }

    /// <summary>0 after Ctrl-C or SIGTERM; 1 when it could not start or could not go on.</summary>
    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        try
        {
            var options = UpOptions.Read(parsed);
            await using var host = await ClusterHost.StartAsync(options, cancellationToken).ConfigureAwait(false);
            var json = parsed.GetValue(ApiOptions.Json);
            if (json)
            {
                // One line, for programs that started this one; people read stderr.
                Console.Out.WriteLine(UpText.ReadyLine(host, options).ToJsonString());
            }
            else
            {
                Screen.Text(UpText.Welcome(host, options));
            }

            return await WatchAsync(host, json ? Console.Error : Console.Out, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ClusterHostException or ApiException)
        {
            Screen.Note($"baton: {e.Message}");
            return ExitCode.Failed;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return ExitCode.Ok;
        }
    }

    private static async Task<int> WatchAsync(ClusterHost host, TextWriter output, CancellationToken cancellationToken)
    {
        var feed = PrintFeedAsync(host, output, cancellationToken);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = cancellationToken.Register(ended.SetResult).ConfigureAwait(false);
        if (await Task.WhenAny(ended.Task, host.Faulted).ConfigureAwait(false) == host.Faulted)
        {
            Screen.Note($"baton: the cluster cannot go on: {(await host.Faulted.ConfigureAwait(false)).Message}");
            return ExitCode.Failed;
        }

        await feed.ConfigureAwait(false);
        output.WriteLine("ending");
        return ExitCode.Ok;
    }

    private static async Task PrintFeedAsync(ClusterHost host, TextWriter output, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var entry in host.Feed.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                var time = TimeProvider.System.GetLocalNow().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);
                output.WriteLine($"{time}  {entry.Kind,-12}  {entry.Text}");
            }
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }
}
