using System.Runtime.InteropServices;

namespace Baton.TestKit.Processes;

/// <summary>Signals that .NET does not send by itself.</summary>
public static partial class Signals
{
    private const int NoSuchProcess = 3;
    private const int Kill = 9;
    private const int Terminate = 15;
    private const int Continue = 18;
    private const int Stop = 19;

    /// <summary>SIGSTOP: the process does nothing until <see cref="Resume"/>.</summary>
    public static void Suspend(int process) => Send(process, Stop);

    /// <summary>SIGCONT.</summary>
    public static void Resume(int process) => Send(process, Continue);

    /// <summary>SIGTERM.</summary>
    public static void End(int process) => Send(process, Terminate);

    /// <summary>SIGKILL.</summary>
    public static void Destroy(int process) => Send(process, Kill);

    /// <summary>SIGKILL for a process that may have ended by itself.</summary>
    public static void DestroyIfThere(int process) => Send(process, Kill, mayBeGone: true);

    private static void Send(int process, int signal, bool mayBeGone = false)
    {
        if (kill(process, signal) != 0 && !(mayBeGone && Marshal.GetLastPInvokeError() == NoSuchProcess))
        {
            throw new InvalidOperationException($"kill({process}, {signal}) failed with errno {Marshal.GetLastPInvokeError()}");
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int process, int signal);
}
