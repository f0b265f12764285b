using System.Runtime.InteropServices;

namespace Baton.Server.Rest;

/// <summary>Work that may take long and must not take the processor from those who serve data.</summary>
internal static partial class LowPriority
{
    private const int ThisThread = 0;
    private const int Niceness = 5; // A third of an ordinary share: on a machine that has too much to do a login still comes to its end.

    /// <summary>The calling thread gets what others leave. On Linux thread priorities mean nothing, and the niceness is a thread's own.</summary>
    public static void ForThisThread()
    {
        if (OperatingSystem.IsLinux())
        {
            _ = SetPriority(which: 0, ThisThread, Niceness); // Refused: then it is a thread like others.
        }
        else
        {
            Thread.CurrentThread.Priority = ThreadPriority.Lowest;
        }
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, uint who, int priority);
}
