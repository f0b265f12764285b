namespace Baton.Server.Engines.Movers;

/// <summary>Bounds an attach by <see cref="MoverLimits.AttachLimit"/>.</summary>
internal static class AttachBound
{
    /// <summary>Runs <paramref name="attach"/>.</summary>
    /// <exception cref="EngineException">The limit passed; the message begins with <paramref name="failure"/>.</exception>
    public static async Task RunAsync(
        MoverLimits limits, TimeProvider time, Func<CancellationToken, Task> attach, string failure, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = new(limits.AttachLimit, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await attach(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new EngineException($"{failure} within {limits.AttachLimit.TotalSeconds:0.#} s (AttachLimit)");
        }
    }
}
