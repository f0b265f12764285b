using System.Globalization;
using System.Runtime;

namespace Baton.Server.Control;

/// <summary>How long each step of one switch took, for the person who wonders why commands waited.</summary>
internal sealed class SwitchTimes(TimeProvider time)
{
    private readonly List<string> _steps = [];
    private readonly long _compiledBefore = JitInfo.GetCompiledMethodCount();
    private long _since = time.GetTimestamp();

    /// <summary>A step is over.</summary>
    public void Done(string step)
    {
        long now = time.GetTimestamp();
        _steps.Add(string.Create(CultureInfo.InvariantCulture, $"{step} {time.GetElapsedTime(_since, now).TotalMilliseconds:0.0}"));
        _since = now;
    }

    /// <summary><c>close 0.3, catch up 0.5, ... (3 methods compiled)</c>, in milliseconds; methods are those of the whole process.</summary>
    public override string ToString() =>
        $"{string.Join(", ", _steps)} ({JitInfo.GetCompiledMethodCount() - _compiledBefore} methods compiled)";
}
