using Baton.Cli.Bench.Processes;

namespace Baton.Cli.Bench.Proxy;

/// <summary>
/// <c>baton bench proxy</c>. Targets take turns within a round, and each round begins with another one, so that what else the machine does meets
/// all of them alike; ratios are made within a round and their median is taken.
/// </summary>
internal sealed class ProxyBench(ProxyBenchOptions options, ProxyBenchSetup setup, TextWriter people)
{
    private const int WarmUpLegs = 2;
    private const int FirstGuess = 20_000;

    // SET first: it makes the key that GET then finds.
    private static readonly string[] Tests = ["set", "get"];

    private readonly Dictionary<(string Target, string Test, int Pipeline), long> _commands = [];
    private readonly List<ProxyBenchLeg> _legs = [];

    /// <exception cref="BenchException">A tool is missing, or something did not come up or failed.</exception>
    public static async Task<ProxyBenchReport> RunAsync(ProxyBenchOptions options, TextWriter people, CancellationToken cancellationToken)
    {
        await BenchTools.EnsureAsync(["redis-server", "redis-benchmark", "haproxy"], people, cancellationToken).ConfigureAwait(false);
        await using var setup = await ProxyBenchSetup.StartAsync(options, cancellationToken).ConfigureAwait(false);
        return await new ProxyBench(options, setup, people).RunAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<ProxyBenchReport> RunAsync(CancellationToken cancellationToken)
    {
        foreach (var (test, pipeline) in Cases())
        {
            await people.WriteLineAsync($"warming up: {test}, pipeline {pipeline}").ConfigureAwait(false);
            foreach (var target in setup.Targets)
            {
                await WarmUpAsync(target, test, pipeline, cancellationToken).ConfigureAwait(false);
            }
        }

        for (var round = 1; round <= options.Rounds; round++)
        {
            await people.WriteLineAsync($"round {round} of {options.Rounds}").ConfigureAwait(false);
            foreach (var (test, pipeline) in Cases())
            {
                for (var i = 0; i < setup.Targets.Count; i++)
                {
                    var target = setup.Targets[(round + i) % setup.Targets.Count];
                    _legs.Add(await MeasureAsync(round, target, test, pipeline, cancellationToken).ConfigureAwait(false));
                }
            }
        }

        var allocations = new List<ProxyBenchAllocation>();
        foreach (var (test, pipeline) in Cases())
        {
            allocations.Add(await MeasureAllocationAsync(test, pipeline, cancellationToken).ConfigureAwait(false));
        }

        return await ProxyBenchReport.MakeAsync(options, _legs, allocations, cancellationToken).ConfigureAwait(false);
    }

    private IEnumerable<(string Test, int Pipeline)> Cases() =>
        from pipeline in options.Pipelines from test in Tests select (test, pipeline);

    private async Task WarmUpAsync(BenchTarget target, string test, int pipeline, CancellationToken cancellationToken)
    {
        long commands = FirstGuess * pipeline;
        for (var i = 0; i < WarmUpLegs; i++)
        {
            var run = await RedisBenchmark.RunAsync(target.Address, test, pipeline, commands, options, cancellationToken).ConfigureAwait(false);
            commands = Math.Max(1000, (long)(run.OpsPerSecond * options.SecondsPerLeg));
        }

        _commands[(target.Name, test, pipeline)] = commands;
    }

    private async Task<ProxyBenchLeg> MeasureAsync(int round, BenchTarget target, string test, int pipeline, CancellationToken cancellationToken)
    {
        var commands = _commands[(target.Name, test, pipeline)];
        var before = Cpu(target);
        var run = await RedisBenchmark.RunAsync(target.Address, test, pipeline, commands, options, cancellationToken).ConfigureAwait(false);
        var after = Cpu(target);
        return new ProxyBenchLeg(
            round, target.Name, test, pipeline, commands, run.OpsPerSecond, run.P50Ms, run.P99Ms,
            PerCommand(before.Client, after.Client), PerCommand(before.Proxy, after.Proxy), PerCommand(before.Engine, after.Engine));

        double PerCommand(double from, double to) => (to - from) * 1e6 / commands;
    }

    private static (double Client, double Proxy, double Engine) Cpu(BenchTarget target) => (
        ProcessCpu.OfEndedChildren(), target.Proxy is { } proxy ? ProcessCpu.Of(proxy) : 0, ProcessCpu.Of(target.Engine));

    // A long run minus a short one: what 50 new connections and the question itself allocate cancels out.
    private async Task<ProxyBenchAllocation> MeasureAllocationAsync(string test, int pipeline, CancellationToken cancellationToken)
    {
        var baton = setup.Targets.Single(static target => target.Name == "baton");
        var few = Math.Max(1000, _commands[(baton.Name, test, pipeline)] / 4);
        var many = few * 4;
        var first = await AllocatedDuringAsync(few).ConfigureAwait(false);
        var second = await AllocatedDuringAsync(many).ConfigureAwait(false);
        return new ProxyBenchAllocation(test, pipeline, (second - first) / (double)(many - few));

        async Task<long> AllocatedDuringAsync(long commands)
        {
            var before = await setup.AllocatedBytesAsync(cancellationToken).ConfigureAwait(false);
            _ = await RedisBenchmark.RunAsync(baton.Address, test, pipeline, commands, options, cancellationToken).ConfigureAwait(false);
            return await setup.AllocatedBytesAsync(cancellationToken).ConfigureAwait(false) - before;
        }
    }
}
