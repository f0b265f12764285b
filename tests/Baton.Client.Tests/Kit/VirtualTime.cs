using Xunit;

namespace Baton.Client.Tests.Kit;

/// <summary>Tests whose clock is virtual: they wait for the thread pool to come to rest, so nothing else may keep it busy.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class VirtualTime
{
    public const string Name = "virtual time";
}
