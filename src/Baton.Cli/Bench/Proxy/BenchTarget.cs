using System.Net;

namespace Baton.Cli.Bench.Proxy;

/// <summary>Something to send commands to.</summary>
/// <param name="Name"><c>direct</c>, <c>baton</c> or <c>haproxy</c>.</param>
/// <param name="Address">Where it listens.</param>
/// <param name="Proxy">The process in between, null when there is none.</param>
/// <param name="Engine">The redis-server process.</param>
internal sealed record BenchTarget(string Name, IPEndPoint Address, int? Proxy, int Engine);
