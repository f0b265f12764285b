namespace Baton.Cli.Bench.Proxy;

/// <summary>How <c>baton bench proxy</c> measures.</summary>
internal sealed record ProxyBenchOptions
{
    /// <summary>Interleaved rounds; medians are over them.</summary>
    public required int Rounds { get; init; }

    /// <summary>About how long one leg (one target, one test, one pipeline depth, one round) takes.</summary>
    public required double SecondsPerLeg { get; init; }

    /// <summary>Baton's event loops; 1, as many as haproxy has threads, compares like with like; 0 = one per core.</summary>
    public required int Loops { get; init; }

    /// <summary>Pipeline depths.</summary>
    public IReadOnlyList<int> Pipelines { get; } = [1, 16, 64];

    /// <summary>Client connections.</summary>
    public int Connections { get; } = 50;

    /// <summary>Bytes of a value.</summary>
    public int ValueBytes { get; } = 32;
}
