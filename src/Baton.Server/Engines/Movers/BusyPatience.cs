using Baton.Server.Engines.Wire;

namespace Baton.Server.Engines.Movers;

/// <summary>A source that answers <c>-BUSY</c> is alive and still what it was: it is asked again until its script has ended.</summary>
internal static class BusyPatience
{
    /// <summary>Sends a batch that may be repeated as a whole, and returns its replies; other error replies are returned.</summary>
    /// <exception cref="EngineException">The connection failed, or <see cref="MoverLimits.BusyLimit"/> passed.</exception>
    public static async Task<RespReply[]> SendPatientlyAsync(
        this RespConnection link, RespBatch batch, MoverLimits limits, TimeProvider time, CancellationToken cancellationToken)
    {
        long since = time.GetTimestamp();
        while (true)
        {
            RespReply[] replies = await link.SendAsync(batch, cancellationToken).ConfigureAwait(false);
            if (!Array.Exists(replies, static reply => reply.IsBusy))
            {
                return replies;
            }

            if (time.GetElapsedTime(since) > limits.BusyLimit)
            {
                throw new EngineException(
                    $"a script has kept the engine busy for {limits.BusyLimit.TotalSeconds:0.#} s (BusyLimit); SCRIPT KILL ends it") { IsBusy = true };
            }

            await Task.Delay(limits.BusyPoll, time, cancellationToken).ConfigureAwait(false);
        }
    }
}
