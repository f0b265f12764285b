using Baton.Lab;
using Baton.TestKit.Processes;

namespace Baton.Conformance.Tests.RedisSuite;

/// <summary>
/// Redis' own test suite, unmodified, as <c>./test</c> fetches it from the distribution's source package into <c>artifacts/redis-suite</c>.
/// Nothing of it is in the repository.
/// </summary>
public static class SuiteSource
{
    /// <summary>The release whose tests the list of expected differences is about.</summary>
    private const string Release = "redis-7.0.";

    /// <summary>What is said where there is nothing to compare with.</summary>
    public const string NoServer = "redis-server is not installed (Debian: apt-get install redis-server)";

    /// <summary>The folder the suite is run in, or null.</summary>
    public static string? Folder { get; } = Find();

    /// <summary>Why it cannot run here, or null.</summary>
    public static string? Missing { get; } = (PlainRedis.IsInstalled ? null : NoServer)
        ?? (Folder is null ? "the test suite of Redis 7.0 is not in artifacts/redis-suite (./test fetches it with apt-get source)" : null)
        ?? (IsOnPath("tclsh") ? null : "tclsh is not installed (Debian: apt-get install tcl)");

    /// <summary>The whole suite on this kind of cluster: <c>./test --all</c>, or <c>BATON_TEST_ALL</c> naming some.</summary>
    public static bool Runs(SuiteVariant variant) =>
        (Environment.GetEnvironmentVariable("BATON_TEST_ALL") ?? "").Split(' ') is var wanted && (wanted.Contains("1") || wanted.Contains(variant.Name));

    private static string? Find()
    {
        var folder = Path.Combine(Reports.Root, "artifacts", "redis-suite");
        return Directory.Exists(folder)
            ? Directory.EnumerateDirectories(folder, Release + "*").FirstOrDefault(each => File.Exists(Path.Combine(each, "tests", "test_helper.tcl")))
            : null;
    }

    private static bool IsOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));
}
