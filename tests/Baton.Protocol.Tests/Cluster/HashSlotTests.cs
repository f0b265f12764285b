using Baton.Protocol.Cluster;
using Baton.Protocol.Tests.Resp;

namespace Baton.Protocol.Tests.Cluster;

public sealed class HashSlotTests
{
    /// <summary>Slots as <c>CLUSTER KEYSLOT</c> of redis-server 7.0.15 tells them.</summary>
    [Theory]
    [InlineData("", 0)]
    [InlineData("123456789", 12739)]
    [InlineData("foo", 12182)]
    [InlineData("{foo}bar", 12182)]
    [InlineData("a{foo}{bar}", 12182)]
    [InlineData("foo{}{bar}", 8363)]
    [InlineData("foo{{bar}}zap", 4015)]
    [InlineData("{foo", 13308)]
    [InlineData("foo}", 15679)]
    [InlineData("}{foo}", 12182)]
    [InlineData("\u00ff\0\r\n", 7349)]
    public void A_key_has_the_slot_Redis_gives_it(string key, int slot) => Assert.Equal(slot, HashSlot.Of(Wire.Bytes(key)));
}
