using System.Text.Json.Nodes;
using Baton.Cli.Api;

namespace Baton.Cli.Demo.Operations;

/// <summary>Starts an operation, follows it to its last effect, and says how it ended.</summary>
/// <param name="database">The database it changes.</param>
/// <param name="time">Clock.</param>
/// <param name="onProgress">Told what it does.</param>
internal sealed class OperationRunner(DemoDatabase database, TimeProvider time, Action<OperationProgress?> onProgress)
{
    /// <summary>Longest wait for one operation: far over what any takes, so that a hang becomes a verdict.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

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
            var ended = action is null ? [] : await FollowAsync(operation.Name, action, both.Token);
            var (error, hold) = ((string?)ended["status"] == "failed" ? $"{ended["error"]}" : null, LongestHold(ended));

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
        catch (ApiException e) when (operation.UnsupportedBecause is not null && e.Status is 400 or 406)
        {
            return Ended("unsupported", $"{operation.UnsupportedBecause} ({FirstLine(e)})", null);
        }
        catch (ApiException e)
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

    // One line per shard says the same of each.
    private static string FirstLine(ApiException e) => e.Message.Split('\n')[0].Trim();

    private Task<JsonObject> FollowAsync(string name, string action, CancellationToken cancellationToken) =>
        database.Api.WaitForActionAsync(
            action,
            shown => onProgress(new OperationProgress(name, (string?)shown["state"] ?? "", (int)(double)shown["progress"]!)),
            cancellationToken);

    private static double? LongestHold(JsonObject action) =>
        action["hold_ms"] is JsonObject { Count: > 0 } holds ? holds.Max(hold => (double)hold.Value!) : null;
}
