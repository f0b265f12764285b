using System.Diagnostics;
using System.Globalization;
using System.Net;
using Baton.Server.Engines;
using Baton.Server.Engines.Garnet;
using Baton.Server.Engines.RedisProcess;
using Xunit;

namespace Baton.Server.Tests.Engines;

/// <summary>
/// A process of its own that hosts an engine, to be killed: this very test program, running only <see cref="host"/>.
/// </summary>
public sealed class EngineHostProcess
{
    private const string DirectoryVariable = "BATON_TEST_HOST_DIRECTORY";
    private const string KindVariable = "BATON_TEST_HOST_KIND";
    private const string BondVariable = "BATON_TEST_HOST_BOND";
    private const string RecoverVariable = "BATON_TEST_HOST_RECOVER";
    private const string ReadyFile = "ready";
    private const string Secret = "of the hosted engine";

    [Fact(Explicit = true)]
    public async Task host()
    {
        string directory = Environment.GetEnvironmentVariable(DirectoryVariable)
            ?? throw new InvalidOperationException("only for other tests");
        bool isGarnet = Environment.GetEnvironmentVariable(KindVariable) == nameof(EngineKind.Garnet);
        IEngineFactory factory = isGarnet
            ? new GarnetFactory(EngineLimits.Default, TimeProvider.System)
            : new RedisProcessFactory(
                await RedisBinary.LocateAsync(null, TimeProvider.System, CancellationToken.None),
                EngineLimits.Default,
                TimeProvider.System,
                Enum.Parse<ParentBond>(Environment.GetEnvironmentVariable(BondVariable)!));
        IShardEngine engine = await factory.StartAsync(Spec(directory, recover: Environment.GetEnvironmentVariable(RecoverVariable) is not null), CancellationToken.None);
        int child = engine is RedisProcessEngine process ? process.ProcessId : 0;
        string ready = Path.Combine(directory, ReadyFile);
        await File.WriteAllTextAsync(ready + ".part", $"{((IPEndPoint)engine.Address).Port} {child}");
        File.Move(ready + ".part", ready);
        await Task.Delay(TimeSpan.FromMinutes(2)); // it is killed long before
    }

    /// <summary>The spec of the hosted engine, to start it again on its data.</summary>
    internal static ShardSpec Spec(string directory, bool recover) => new(
        1, 1, 1, new IPEndPoint(IPAddress.Loopback, 0), Path.Combine(directory, "data"), PersistenceMode.Always,
        new ShardSettings(0, "noeviction"), Secret, recover);

    /// <summary>Starts the process; returns it with the engine's port and, for a redis-server, its process id.</summary>
    internal static async Task<(Process Host, IPEndPoint Address, int Child)> StartAsync(
        EngineKind kind, ParentBond bond, string directory, CancellationToken cancellationToken, bool recover = false)
    {
        string ready = Path.Combine(directory, ReadyFile);
        File.Delete(ready);
        Process host = Spawn(kind, bond, directory, recover);
        Task<string> output = host.StandardOutput.ReadToEndAsync(CancellationToken.None);
        await MoveLab.UntilAsync(
            async () => File.Exists(ready) || (host.HasExited ? throw new InvalidOperationException(await output) : false),
            cancellationToken);
        string text = await File.ReadAllTextAsync(ready, cancellationToken);
        int[] numbers = [.. text.Split(' ').Select(number => int.Parse(number, CultureInfo.InvariantCulture))];
        return (host, new IPEndPoint(IPAddress.Loopback, numbers[0]), numbers[1]);
    }

    /// <summary>Starts the process on the data of an earlier one and kills it the moment it has opened a file of that data.</summary>
    internal static async Task KillInRecoveryAsync(EngineKind kind, string directory, CancellationToken cancellationToken)
    {
        using Process host = Spawn(kind, ParentBoundLauncher.BestBond, directory, recover: true);
        string data = Path.Combine(directory, "data");
        await MoveLab.UntilAsync(
            () => Task.FromResult(Directory.EnumerateFileSystemEntries($"/proc/{host.Id}/fd").Any(
                handle => new FileInfo(handle).LinkTarget?.StartsWith(data, StringComparison.Ordinal) ?? false)),
            cancellationToken);
        host.Kill();
        await host.WaitForExitAsync(cancellationToken);
    }

    private static Process Spawn(EngineKind kind, ParentBond bond, string directory, bool recover)
    {
        ProcessStartInfo start = new(
            Environment.ProcessPath!,
            [
                "--filter-method", $"{typeof(EngineHostProcess).FullName}.{nameof(EngineHostProcess.host)}", "--explicit", "only",
                "--results-directory", directory,
            ]);
        start.Environment[DirectoryVariable] = directory;
        start.Environment[KindVariable] = kind.ToString();
        start.Environment[BondVariable] = bond.ToString();
        start.Environment[RecoverVariable] = recover ? "yes" : null;
        start.RedirectStandardOutput = true;
        return Process.Start(start)!;
    }
}
