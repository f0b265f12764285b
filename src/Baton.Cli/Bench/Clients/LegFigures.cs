namespace Baton.Cli.Bench.Clients;

/// <summary>What a worker process answers: one line of JSON.</summary>
/// <param name="Commands">Done in the measured time.</param>
/// <param name="OpsPerSecond">Commands per second.</param>
/// <param name="CpuMicros">CPU of the process per command, user and system, in microseconds.</param>
/// <param name="BytesPerCommand">Managed bytes allocated per command.</param>
/// <param name="P50Ms">Median latency.</param>
/// <param name="P99Ms">99th percentile.</param>
internal sealed record LegFigures(long Commands, double OpsPerSecond, double CpuMicros, double BytesPerCommand, double P50Ms, double P99Ms);
