using Baton.Server.Proxy.Commands;
using Xunit;

namespace Baton.Server.Tests.Proxy.Commands;

public sealed class InfoSumsTests
{
    private const string First = "# Memory\r\nused_memory:1048576\r\nused_memory_human:1.00M\r\nmem_fragmentation_ratio:1.5\r\nmaxmemory:500\r\nmaxmemory_human:500B\r\n"
        + "used_cpu_sys:0.5\r\nredis_version:7.0.15\r\nevicted_keys:none\r\n";

    private const string Second = "# Memory\r\nused_memory:524288\r\nused_memory_human:512.00K\r\nmem_fragmentation_ratio:2\r\nmaxmemory:500\r\nmaxmemory_human:500B\r\n"
        + "used_cpu_sys:0.25\r\nredis_version:7.0.15\r\nevicted_keys:7\r\n";

    [Theory]
    [InlineData("used_memory", "used_memory:1572864")]
    [InlineData("used_memory_human", "used_memory_human:1.50M")]
    [InlineData("maxmemory_human", "maxmemory_human:1000B")]
    [InlineData("used_cpu_sys", "used_cpu_sys:0.75")]
    [InlineData("mem_fragmentation_ratio", null)]
    [InlineData("redis_version", null)]
    [InlineData("evicted_keys", null)]
    [InlineData("# Memory", null)]
    public void What_measures_a_part_is_summed_and_nothing_else(string field, string? line) =>
        Assert.Equal(line, new InfoSums([First, Second]).Of(field));

    [Fact]
    public void One_shard_is_left_as_it_is() => Assert.Null(new InfoSums([First]).Of("used_memory"));
}
