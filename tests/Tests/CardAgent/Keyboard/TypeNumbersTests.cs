using System.Buffers.Binary;
using System.Collections.Concurrent;
using Dapper;
using MyKey.CardAgent.Keyboard;
using MyKey.Kernel;
using MyKey.Tests.CardAgent.Device;

namespace MyKey.Tests.CardAgent.Keyboard;

/// <summary>
/// Goal: a card put on the reader types its number and Enter into the library's own system, and nothing else ever reaches a key. This machine has no /dev/uinput: the
/// events themselves are read here as the kernel's header describes them, byte for byte.
/// </summary>
public class TypeNumbersTests
{
    // linux/input-event-codes.h
    private static readonly Dictionary<int, string> Names = new()
    {
        [2] = "1", [3] = "2", [4] = "3", [5] = "4", [6] = "5", [7] = "6", [8] = "7", [9] = "8", [10] = "9", [11] = "0", [28] = "Enter", [42] = "Shift",
        [16] = "q", [17] = "w", [18] = "e", [19] = "r", [20] = "t", [21] = "y", [22] = "u", [23] = "i", [24] = "o", [25] = "p",
        [30] = "a", [31] = "s", [32] = "d", [33] = "f", [34] = "g", [35] = "h", [36] = "j", [37] = "k", [38] = "l",
        [44] = "z", [45] = "x", [46] = "c", [47] = "v", [48] = "b", [49] = "n", [50] = "m",
    };

    [Fact]
    public async Task S2_P9d_a_card_put_on_types_its_number_and_Enter_once()
    {
        using var device = new Device();
        await using var library = await LibraryAgent.Start(configure: o => o.TypeNumbers = true, keyboard: () => new UinputKeyboard(device));
        await library.Enrol();
        var (none, _) = await library.Resident("CC22CC22");
        var (file, _) = await library.Resident("DD33DD33", "A789145");
        library.Put(none);
        await library.Told("番号が出ませんでした");
        library.Put(file);
        Assert.Equal("A789145\n", await device.Line());
        library.Put(null);
        library.Put(file);
        Assert.Equal("A789145\n", await device.Line());
        Assert.Empty(device.Rest());
    }

    [Fact]
    public async Task S2_P9d_a_number_with_anything_else_than_digits_and_letters_is_refused_and_not_typed()
    {
        using var device = new Device();
        await using var library = await LibraryAgent.Start(configure: o => o.TypeNumbers = true, keyboard: () => new UinputKeyboard(device));
        await library.Enrol();
        var (file, citizen) = await library.Resident("CC22CC22", "7891-5");
        library.Put(file);
        await library.Told("この番号は打ちこめません");
        await library.House.App.Database.Write(tx => tx.Connection.ExecuteAsync("update lib_link set number = '78915' where citizen = @citizen", new { citizen }, tx.Handle));
        library.Put(file);
        Assert.Equal("78915\n", await device.Line());
        Assert.Empty(device.Rest());
    }

    [Fact]
    public async Task S2_P9d_it_is_off_where_nobody_asked_for_it_and_a_machine_without_keyboard_serves_on()
    {
        using var device = new Device();
        await using (var library = await LibraryAgent.Start(keyboard: () => new UinputKeyboard(device)))
        {
            await library.Enrol();
            var (file, _) = await library.Resident("CC22CC22", "789145");
            library.Put(file);
            Assert.Equal("789145", (await library.Ask.Run(default)).Number);
            Assert.Empty(device.Rest());
        }
        await using var without = await LibraryAgent.Start(configure: o => o.TypeNumbers = true, keyboard: () => throw new IOException("none"));
        await without.Enrol();
        Assert.Contains("番号を打ちこむ用意ができていません", await without.Page(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("789 145")]
    [InlineData("789145\n")]
    [InlineData("a1")]
    [InlineData("７８")]
    [InlineData("\u001b[A")]
    public void S2_P9d_keys_take_nothing_that_is_no_number(string number)
    {
        Assert.False(Keys.CanType(number));
        using var device = new Device();
        using var keyboard = new UinputKeyboard(device);
        Assert.Throws<BrokenProperty>(() => keyboard.Type(number));
        using var windows = new WindowsKeyboard();
        Assert.Throws<BrokenProperty>(() => windows.Type(number));
        Assert.Empty(device.Rest());
    }

    [Fact]
    public void S2_P9d_every_digit_and_letter_is_the_key_of_its_name()
    {
        using var device = new Device();
        using var keyboard = new UinputKeyboard(device);
        keyboard.Type("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ");
        Assert.Equal("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ\n", device.Rest());
    }

    [Fact]
    public void S2_P9d_Windows_gets_each_character_down_and_up_and_Enter()
    {
        var inputs = WindowsKeyboard.Inputs("7A");
        Assert.Equal([(0, '7', 4u), (0, '7', 6u), (0, 'A', 4u), (0, 'A', 6u), (13, 0, 0u), (13, 0, 2u)], inputs.Select(i => ((int)i.Virtual, (int)i.Scan, i.Flags)));
        Assert.Equal(40, System.Runtime.InteropServices.Marshal.SizeOf<WindowsKeyboard.Input>());
    }

    /// <summary>Stands where /dev/uinput stands: reads struct input_event (24 bytes) and turns keys into text as a text field does.</summary>
    private sealed class Device : Stream
    {
        private readonly BlockingCollection<char> typed = [];
        private readonly HashSet<string> held = [];
        private bool reported = true;

        public override bool CanRead => false;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public Task<string> Line() => Task.Run(() =>
        {
            var line = "";
            while (!line.EndsWith('\n')) line += typed.TryTake(out var c, TimeSpan.FromSeconds(20)) ? c : throw new TimeoutException(line);
            return line;
        });

        public string Rest()
        {
            var rest = "";
            while (typed.TryTake(out var c)) rest += c;
            Assert.Empty(held);
            Assert.True(reported);
            return rest;
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            Assert.Equal(0, buffer.Length % 24);
            for (; buffer.Length > 0; buffer = buffer[24..]) Take(buffer[..24]);
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();

        private void Take(ReadOnlySpan<byte> one)
        {
            Assert.Equal(0UL, BinaryPrimitives.ReadUInt64LittleEndian(one) | BinaryPrimitives.ReadUInt64LittleEndian(one[8..]));
            var (type, code, value) = (BinaryPrimitives.ReadUInt16LittleEndian(one[16..]), BinaryPrimitives.ReadUInt16LittleEndian(one[18..]), BinaryPrimitives.ReadInt32LittleEndian(one[20..]));
            if (type == 0)
            {
                Assert.Equal((0, 0), (code, value));
                reported = true;
                return;
            }
            Assert.Equal(1, type);
            reported = false;
            var name = Names[code];
            if (value == 0)
            {
                Assert.True(held.Remove(name));
                return;
            }
            Assert.Equal(1, value);
            Assert.True(held.Add(name));
            if (name == "Enter") typed.Add('\n');
            else if (name != "Shift") typed.Add(held.Contains("Shift") ? char.ToUpperInvariant(name[0]) : name[0]);
        }
    }
}
