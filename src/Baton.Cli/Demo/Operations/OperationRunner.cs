using System.Net;
using System.Text.Json;

namespace Baton.Cli.Demo.Operations;

/// <summary>Starts an operation, follows it to its last effect, and says how it ended.</summary>
/// <param name="database">The database it changes.</param>
/// <param name="time">Clock.</param>
/// <param name="onProgress">Told what it does.</param>
internal sealed class OperationRunner(DemoDatabase database, TimeProvider time, Action<OperationProgress?> onProgress)
{
    /// <summary>Longest wait for one operation: far over what any takes, so that a hang becomes a verdict.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    /// <summary>Runs one. Does not throw for what the cluster does; a refusal of the kind "cannot" is unsupported.</summary>
    public async Task<OperationOutcome> RunAsync(DemoOperation operation, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        OperationOutcome Ended(string status, string? reason, double? hold) => new(status, reason, hold, time.GetElapsedTime(began));
        onProgress(new OperationProgress(operation.Name, "asking", 0));
        try
        {
            using var limit = new CancellationTokenSource(Limit, time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            var action = await operation.StartAsync(database, both.Token);
            var (error, hold) = action is null ? (null, null) : await FollowAsync(operation.Name, action, both.Token);

            // The action is completed with its last effect; the database's own status must then agree.
            await database.WaitForStatusAsync("active", both.Token);
            if (error is null && operation.AfterAsync is not null)
            {
                await operation.AfterAsync(database, both.Token);
            }

            return operation.UnsupportedBecause is not null
                ? Ended("failed", "the cluster accepted what it cannot do", hold)
                : Ended(error is null ? "completed" : "failed", error, hold);
        }
        catch (ClusterApiException e) when (operation.UnsupportedBecause is not null && IsRefusal(e.Status))
        {
            return Ended("unsupported", $"{operation.UnsupportedBecause} ({e.Reason})", null);
        }
        catch (ClusterApiException e)
        {
            return Ended("failed", e.Message, null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Ended("failed", $"not over after {Limit.TotalSeconds} s", null);
        }
        finally
        {
            onProgress(null);
        }
    }

    private static bool IsRefusal(HttpStatusCode? status) => status is HttpStatusCode.BadRequest or HttpStatusCode.NotAcceptable;

    private async Task<(string? Error, double? HoldMs)> FollowAsync(string name, string action, CancellationToken cancellationToken)
    {
        while (true)
        {
            var shown = await database.Api.GetAsync($"/v1/actions/{action}", cancellationToken);
            var status = shown.GetProperty("status").GetString();
            onProgress(new OperationProgress(name, Text(shown, "state") ?? "", (int)shown.GetProperty("progress").GetDouble()));
            switch (status)
            {
                case "completed":
                    return (null, LongestHold(shown));
                case "failed":
                    return (Text(shown, "error") ?? "no reason given", LongestHold(shown));
                default:
                    await Task.Delay(Poll, time, cancellationToken);
                    break;
            }
        }
    }

    private static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static double? LongestHold(JsonElement action) =>
        action.TryGetProperty("hold_ms", out var holds) && holds.EnumerateObject().Any()
            ? holds.EnumerateObject().Max(hold => hold.Value.GetDouble())
            : null;
}
