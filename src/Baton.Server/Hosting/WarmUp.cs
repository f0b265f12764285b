using System.Reflection;
using System.Runtime.CompilerServices;
using Baton.Cluster.Operations;
using Baton.Protocol.Resp;

namespace Baton.Server.Hosting;

/// <summary>
/// Compiles Baton's own code ahead of its first use. Code is otherwise compiled when it first runs, and the first switch of a shard
/// would do that
/// with the hold closed: clients would wait for the compiler. Runs once per process, in the background.
/// </summary>
public static class WarmUp
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static int _started;

    /// <summary>Starts it; later calls do nothing.</summary>
    public static void Start()
    {
        if (Interlocked.Exchange(ref _started, 1) == 0)
        {
            new Thread(Run) { IsBackground = true, Name = "baton-warm-up", Priority = ThreadPriority.BelowNormal }.Start();
        }
    }

    private static void Run()
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
