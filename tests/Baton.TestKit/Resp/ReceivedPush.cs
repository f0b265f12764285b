using System.Diagnostics;

namespace Baton.TestKit.Resp;

/// <summary>A push and when it came.</summary>
/// <param name="Frame">The frame.</param>
/// <param name="Timestamp"><c>Stopwatch</c> ticks at its arrival.</param>
public sealed record ReceivedPush(RespValue Frame, long Timestamp)
{
    /// <summary>When it came, on the clock of <see cref="RawConnection.ClosedAt"/>.</summary>
    public TimeSpan At => Stopwatch.GetElapsedTime(0, Timestamp);

    /// <summary>The push's type: MOVING, message …</summary>
    public string Type => Frame.Items![0].Text!;
}
