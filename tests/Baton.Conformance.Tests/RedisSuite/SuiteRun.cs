using System.Globalization;
using Baton.Lab;
using Baton.TestKit.Processes;
using Baton.TestKit.Resp;

namespace Baton.Conformance.Tests.RedisSuite;

/// <summary>Runs the suite against a server that is there already.</summary>
/// <param name="name">Names the logs.</param>
/// <param name="host">Of the server.</param>
/// <param name="port">Of the server.</param>
/// <param name="flags">More options of the suite's runner.</param>
public sealed class SuiteRun(string name, string host, int port, IReadOnlyList<string> flags)
{
    /// <summary>Longest time for one unit; then its tests that have not ended are missing.</summary>
    private static readonly TimeSpan UnitLimit = TimeSpan.FromMinutes(4);

    // DEBUG is refused by a plain server too unless it is told otherwise; slow tests take an hour.
    private static readonly string[] Common = ["--durable", "--dont-clean", "--tags", "-slow -needs:debug"];

    private static int _nextBasePort = 23111;

    /// <summary>All units the suite has, by its own list.</summary>
    public static async Task<IReadOnlyList<string>> UnitsAsync()
    {
        await using var list = new ChildProcess("tclsh", ["tests/test_helper.tcl", "--list-tests"], folder: SuiteSource.Folder);
        await list.ExitAsync(UnitLimit);
        return list.Output;
    }

    /// <summary>Runs units one after the other.</summary>
    public async Task<IReadOnlyDictionary<string, SuiteOutcome>> RunAsync(IEnumerable<string> units)
    {
        var outcomes = new Dictionary<string, SuiteOutcome>();
        foreach (var unit in units)
        {
            foreach (var (test, outcome) in SuiteResult.Read(unit, await RunUnitAsync(unit)))
            {
                outcomes[test] = outcome;
            }
        }

        return outcomes;
    }

    // A test that failed in its middle may have left a script that never ends, or a pause: the next unit shall not suffer for it.
    private async Task TidyAsync()
    {
        await using var connection = await RawConnection.ConnectAsync(host, port);
        foreach (string[] command in (string[][])[["SCRIPT", "KILL"], ["FUNCTION", "KILL"], ["CLIENT", "UNPAUSE"]])
        {
            await connection.CallAsync(command);
        }
    }

    private async Task<IReadOnlyList<string>> RunUnitAsync(string unit)
    {
        string[] arguments =
        [
            "tests/test_helper.tcl", "--host", host, "--port", port.ToString(CultureInfo.InvariantCulture), "--single", unit, "--baseport",
            Interlocked.Add(ref _nextBasePort, 40).ToString(CultureInfo.InvariantCulture), .. Common, .. flags,
        ];
        IReadOnlyList<string> output;
        await using (var run = new ChildProcess("tclsh", arguments, folder: SuiteSource.Folder))
        {
            try
            {
                await run.ExitAsync(UnitLimit);
            }
            catch (TimeoutException)
            {
                // What it printed until now counts; what is missing is a difference.
            }

            output = run.Output;
        }

        // Only now: a unit that is stuck behind a script would start its next one.
        await TidyAsync();
        Reports.Write($"suite-{name}-{unit.Replace('/', '_')}.log", output);
        return output;
    }
}
