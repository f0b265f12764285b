using Baton.Protocol.Commands;

namespace Baton.Client;

/// <summary>Finds out what a command written as text does, from its name and, where it blocks, its arguments.</summary>
internal static class RawCommandTraits
{
    /// <summary>Fills in the writer's traits.</summary>
    public static void Apply(ref CommandWriter writer)
    {
        writer.Traits = CommandTraitsTable.Of(writer.Argument(0), writer.Count > 1 ? writer.Argument(1) : default);
        if ((writer.Traits & CommandTraits.Blocking) == 0)
        {
            return;
        }

        writer.Wait = FindWait(ref writer);
        if (writer.Wait.Argument == 0)
        {
            // XREAD without BLOCK answers at once.
            writer.Traits &= ~CommandTraits.Blocking;
        }
    }

    private static BlockingTimeout FindWait(ref CommandWriter writer)
    {
        var last = writer.Count - 1;
        switch (CommandTable.Redis.Find(writer.Argument(0))!.Name)
        {
            case "BLMPOP" or "BZMPOP":
                return new BlockingTimeout(Math.Min(1, last), false);
            case "WAIT" or "WAITAOF":
                return new BlockingTimeout(last, true);
            case "XREAD" or "XREADGROUP":
                for (var index = 1; index < last; index++)
                {
                    if (System.Text.Ascii.EqualsIgnoreCase(writer.Argument(index), "BLOCK"u8))
                    {
                        return new BlockingTimeout(index + 1, true);
                    }

                    if (System.Text.Ascii.EqualsIgnoreCase(writer.Argument(index), "STREAMS"u8))
                    {
                        break;
                    }
                }

                return default;
            default:
                return new BlockingTimeout(last, false);
        }
    }
}
