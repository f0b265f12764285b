using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Baton.TestKit.Processes;
using Xunit;

namespace Baton.Integration.Tests.Client;

/// <summary>A program published as Native AOT makes real calls, and nothing warns on the way. Alone: publishing takes a minute of all cores.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
[Collection(Name)]
public sealed class NativeAotTests
{
    private const string Name = "native AOT";
    private static readonly TimeSpan PublishLimit = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan RunLimit = TimeSpan.FromMinutes(1);

    private static readonly string[] Expected =
    [
        "SET: True",
        "GET: hello",
        "GET bytes: 5",
        "GET number: -1",
        "MGET: hello (nil)",
        "Execute: 5",
        "HGETALL: field=1.5",
        "LRANGE: a b",
        "SCAN: counter hash list text",
        "SADD: 2",
        "SMEMBERS: x|y z",
        "raw: [a, b]",
        "reader: <2>",
        "EXEC: True 6 6",
        "WATCH: False",
        "aborted: Refused",
        "pipeline: 5",
        "BLPOP: job",
        "message: news: one",
        "EVAL: 42",
        "entry: value",
        "cached: hello",
        "hits: 1",
        "injected: hello",
        "relaxed: 00:00:20",
        "keyed: hello",
        "error: WRONGTYPE Refused",
        "options: an unknown one is refused",
    ];

    [Fact]
    public async Task A_program_published_without_a_warning_makes_real_calls()
    {
        Assert.SkipUnless(IsOnPath("gcc") || IsOnPath("clang"), "Native AOT links with gcc or clang (apt-get install gcc)");
        Assert.SkipUnless(IsOnPath("redis-server"), "redis-server is not installed (apt-get install redis-server)");
        await using var redis = await PlainRedis.StartAsync();

        var program = await PublishAsync();
        await using var run = new ChildProcess(program, [$"127.0.0.1:{redis.Port}"]);
        var code = await run.ExitAsync(RunLimit);

        Assert.True(code == 0, run.Tail);
        Assert.Equal(Expected, run.Output);
    }

    private static async Task<string> PublishAsync()
    {
        var artifacts = Path.Combine(Root(), "artifacts", "aot");
        string[] arguments =
        [
            "publish", Path.Combine(Root(), "tests", "Baton.Client.Aot"), "-c", "Release", "-r", RuntimeInformation.RuntimeIdentifier, "-v", "q", "--nologo",
            "-p:PublishAot=true", "--artifacts-path", artifacts, "-o", Path.Combine(artifacts, "out"), "-nodeReuse:false", "-p:UseSharedCompilation=false",
        ];
        await using var publish = new ChildProcess(DotNet(), arguments, folder: Root());
        var code = await publish.ExitAsync(PublishLimit);
        var text = string.Join('\n', publish.Output.Concat(publish.Errors));
        Assert.SkipWhen(
            code != 0 && text.Contains("ILCompiler", StringComparison.Ordinal) && text.Contains(": error NU1", StringComparison.Ordinal),
            "the package ILCompiler of Native AOT cannot be had here");

        Assert.True(code == 0, text);
        Assert.DoesNotContain("warning", text, StringComparison.OrdinalIgnoreCase);
        return Path.Combine(artifacts, "out", "Baton.Client.Aot");
    }

    private static bool IsOnPath(string program) =>
        Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));

    /// <summary>The program that runs this test's runtime.</summary>
    private static string DotNet() => Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));

    private static string Root([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));
}
