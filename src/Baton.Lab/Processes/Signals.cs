using System.Runtime.InteropServices;

namespace Baton.Lab;

/// <summary>Signals that .NET does not send by itself.</summary>
public static partial class Signals
{
    private const int NoSuchProcess = 3;
    private const int Kill = 9;
    private const int Terminate = 15;
    private const int Continue = 18;
    private const int Stop = 19;

    /// <summary>SIGSTOP: the process does nothing until <see cref="Resume"/>.</summary>
    /// <exception cref="LabException">There is no such process.</exception>
    public static void Suspend(int process) => Send(process, Stop, mayBeGone: false);

    /// <summary>SIGCONT.</summary>
    /// <exception cref="LabException">There is no such process.</exception>
    public static void Resume(int process) => Send(process, Continue, mayBeGone: false);

    /// <summary>SIGTERM.</summary>
    /// <exception cref="LabException">There is no such process.</exception>
    public static void End(int process) => Send(process, Terminate, mayBeGone: false);

    /// <summary>SIGTERM for a process that may have ended by itself.</summary>
    public static void EndIfThere(int process) => Send(process, Terminate, mayBeGone: true);

    /// <summary>SIGKILL.</summary>
    /// <exception cref="LabException">There is no such process.</exception>
    public static void Destroy(int process) => Send(process, Kill, mayBeGone: false);

    /// <summary>SIGKILL for a process that may have ended by itself.</summary>
    public static void DestroyIfThere(int process) => Send(process, Kill, mayBeGone: true);

    private static void Send(int process, int signal, bool mayBeGone)
    {
        if (SendSignal(process, signal) != 0 && !(mayBeGone && Marshal.GetLastPInvokeError() == NoSuchProcess))
        {
            throw new LabException($"kill({process}, {signal}) failed with errno {Marshal.GetLastPInvokeError()}");
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int process, int signal);
}
