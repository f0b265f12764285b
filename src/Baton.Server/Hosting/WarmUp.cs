using System.Reflection;
using System.Runtime.CompilerServices;
using Baton.Cluster.Operations;
using Baton.Protocol.Resp;

namespace Baton.Server.Hosting;

/// <summary>
/// Compiles Baton's own code ahead of its first use, so that no client waits for the compiler. Runs once per process, in the background.
/// What it cannot reach, the framework's code for our types and what only exists when it runs, the <see cref="Rehearsal"/> does.
/// </summary>
public static class WarmUp
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly TaskCompletionSource Done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private static int _started;

    /// <summary>Starts it, unless it was started before; completes when it is over.</summary>
    public static Task Start()
    {
        if (Interlocked.Exchange(ref _started, 1) == 0)
        {
            new Thread(Run) { IsBackground = true, Name = "baton-warm-up", Priority = ThreadPriority.BelowNormal }.Start();
        }

        return Done.Task;
    }

    private static void Run()
    {
        PrepareAll();
        Done.TrySetResult();
    }

    private static void PrepareAll()
    {
        foreach (Assembly assembly in (Assembly[])[typeof(WarmUp).Assembly, typeof(ClusterStateMachine).Assembly, typeof(RequestScanner).Assembly])
        {
            foreach (Type type in assembly.GetTypes().Where(static type => !type.ContainsGenericParameters))
            {
                foreach (MethodBase method in type.GetMethods(Declared).Concat<MethodBase>(type.GetConstructors(Declared)))
                {
                    Prepare(method);
                }
            }
        }
    }

    private static void Prepare(MethodBase method)
    {
        if (method.IsAbstract || method.ContainsGenericParameters)
        {
            return;
        }

        try
        {
            RuntimeHelpers.PrepareMethod(method.MethodHandle);
        }
        catch (Exception e) when (e is TypeLoadException or FileNotFoundException or PlatformNotSupportedException
            or ArgumentException or InvalidProgramException)
        {
            // Code for another platform, or without a body of its own: it is compiled if it is ever used.
        }
    }
}
