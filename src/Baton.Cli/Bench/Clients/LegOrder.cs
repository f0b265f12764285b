namespace Baton.Cli.Bench.Clients;

/// <summary>What a worker process is asked for: one line of JSON.</summary>
/// <param name="Test">Of <see cref="ClientTest"/>.</param>
/// <param name="Callers">How many call at the same time.</param>
/// <param name="Seconds">How long is measured.</param>
internal sealed record LegOrder(string Test, int Callers, double Seconds);
