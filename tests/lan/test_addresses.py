"""The addresses that a host shares: the class's network first, then what only looks like one."""

from collections.abc import Iterator
from random import Random

import ifaddr
import pytest
from ifaddr import IP, Adapter

from chatapp.lan.addresses import shared_addresses
from chatapp.lan.ranking import Held, Nearness, nearness, ranked
from tests.lan.network import HERE, THERE, Network

TABLES = {
    "a Korean Windows laptop with WSL, VMware and the school's VPN": """
    network    | Wi-Fi                         | Intel(R) Wi-Fi 6 AX201 160MHz              | 192.168.0.23/24 | default
    network    | 이더넷                        | Realtek PCIe GbE Family Controller         | 10.20.30.40/16  |
    bluetooth  | Bluetooth 네트워크 연결       | Bluetooth Device (Personal Area Network)   | 172.20.10.3/28  |
    tunnel     | 로컬 영역 연결                | TAP-Windows Adapter V9                     | 10.8.0.6/24     |
    tunnel     | 이더넷 4                      | Fortinet SSL VPN Virtual Ethernet Adapter  | 10.11.253.51/24 |
    machine    | vEthernet (WSL)               | Hyper-V Virtual Ethernet Adapter #2        | 172.17.0.1/20   |
    machine    | vEthernet (Default Switch)    | Hyper-V Virtual Ethernet Adapter           | 172.28.16.1/20  |
    machine    | 이더넷 3                      | VirtualBox Host-Only Ethernet Adapter      | 192.168.56.1/24 |
    machine    | VMware Network Adapter VMnet8 | VMware Virtual Ethernet Adapter for VMnet8 | 192.168.80.1/24 |
    link_local | 로컬 영역 연결* 2             | Microsoft Wi-Fi Direct Virtual Adapter     | 169.254.3.7/16  |
    link_local | 이더넷 2                      | Intel(R) Ethernet Connection (16) I219-V   | 169.254.99.4/16 |
    """,
    "Windows that opens a mobile hotspot, cabled to the school": """
    network | 이더넷                        | Intel(R) Ethernet Connection (16) I219-V   | 10.1.2.3/16      | default
    network | 로컬 영역 연결* 12            | Microsoft Wi-Fi Direct Virtual Adapter #2  | 192.168.137.1/24 |
    machine | vEthernet (WSL)               | Hyper-V Virtual Ethernet Adapter           | 172.19.80.1/20   |
    machine | VMware Network Adapter VMnet1 | VMware Virtual Ethernet Adapter for VMnet1 | 192.168.10.1/24  |
    """,
    "Windows whose hotspot is the only network": """
    network    | 로컬 영역 연결* 12         | Microsoft Wi-Fi Direct Virtual Adapter #2 | 192.168.137.1/24 |
    machine    | vEthernet (Default Switch) | Hyper-V Virtual Ethernet Adapter          | 172.17.0.1/20    |
    machine    | Ethernet 3                 | VirtualBox Host-Only Ethernet Adapter     | 192.168.56.1/24  |
    link_local | Wi-Fi                      | MediaTek Wi-Fi 6E MT7922 (RZ616) 160MHz   | 169.254.8.8/16   |
    """,
    "Windows behind an Android phone on USB": """
    network | Ethernet 5      | Remote NDIS based Internet Sharing Device | 192.168.42.17/24 | default
    machine | vEthernet (WSL) | Hyper-V Virtual Ethernet Adapter          | 172.17.0.1/20    |
    """,
    "Windows whose own network goes through Hyper-V's external switch": """
    network | vEthernet (External)       | Hyper-V Virtual Ethernet Adapter #2 | 192.168.0.23/24 | default
    machine | vEthernet (Default Switch) | Hyper-V Virtual Ethernet Adapter    | 172.17.0.1/20   |
    """,
    "Windows with every VPN on, one of them the default route": """
    network | Wi-Fi                           | Realtek 8822CE Wireless LAN 802.11ac      | 192.168.0.5/24   |
    tunnel  | class                           | WireGuard Tunnel                          | 10.66.66.2/24    | default
    tunnel  | 이더넷 7                        | Cisco AnyConnect Virtual Miniport Adapter | 10.9.1.7/20      |
    tunnel  | Ethernet 6                      | OpenVPN Data Channel Offload              | 10.9.8.7/24      |
    tunnel  | Hamachi                         | LogMeIn Hamachi Virtual Ethernet Adapter  | 25.1.2.3/8       |
    tunnel  | Tailscale                       | Tailscale Tunnel                          | 100.101.7.8/32   |
    tunnel  | 회사                            | 회사                                      | 172.16.5.9/32    |
    tunnel  | 셀룰러                          | Quectel EM120R-GL                         | 172.30.1.9/24    |
    tunnel  | ZeroTier One [8056c2e21c000001] | ZeroTier Virtual Port                     | 192.168.191.4/24 |
    tunnel  | Meta                            | Meta                                      | 198.18.0.1/30    |
    """,
    "a MacBook on Wi-Fi with a dock, a VPN and a virtual machine": """
    network    | en0       | en0       | 192.168.1.44/24  | default
    network    | en7       | en7       | 10.0.0.12/24     |
    tunnel     | utun3     | utun3     | 10.8.0.2/24      |
    tunnel     | utun4     | utun4     | 100.64.12.1/32   |
    tunnel     | feth2325  | feth2325  | 192.168.191.7/24 |
    machine    | vmenet0   | vmenet0   | 172.16.9.1/24    |
    machine    | bridge100 | bridge100 | 192.168.64.1/24  |
    link_local | llw0      | llw0      | 169.254.1.2/16   |
    link_local | awdl0     | awdl0     | 169.254.7.9/16   |
    link_local | en1       | en1       | 169.254.44.1/16  |
    """,
    "a MacBook that shares its internet, or is an access point": """
    network | en7       | en7       | 10.0.0.12/24   | default
    network | ap1       | ap1       | 192.168.2.1/24 |
    network | bridge100 | bridge100 | 192.168.2.2/24 |
    machine | bridge101 | bridge101 | 10.211.55.2/24 |
    machine | vmnet8    | vmnet8    | 172.16.77.1/24 |
    """,
    "a MacBook behind an iPhone": """
    network | en0       | en0       | 172.20.10.2/28 | default
    machine | bridge100 | bridge100 | 10.37.129.2/24 |
    """,
    "a Linux laptop of somebody who develops": """
    network    | wlp3s0          | wlp3s0          | 192.168.43.17/24 | default
    network    | enp0s31f6       | enp0s31f6       | 10.5.5.5/24      |
    bluetooth  | bnep0           | bnep0           | 192.168.44.3/24  |
    tunnel     | wg0             | wg0             | 10.0.8.2/24      |
    tunnel     | tun0            | tun0            | 10.8.0.2/24      |
    tunnel     | wwp0s20f0u6     | wwp0s20f0u6     | 10.170.3.4/29    |
    tunnel     | tailscale0      | tailscale0      | 100.72.1.2/32    |
    tunnel     | home            | home            | 172.31.0.2/32    |
    tunnel     | ztks5u4y2g      | ztks5u4y2g      | 192.168.191.9/24 |
    tunnel     | ppp0            | ppp0            | 192.168.200.2/32 |
    machine    | lxcbr0          | lxcbr0          | 10.0.3.1/24      |
    machine    | podman0         | podman0         | 10.88.0.1/16     |
    machine    | docker0         | docker0         | 172.17.0.1/16    |
    machine    | br-4f2a9c81d07e | br-4f2a9c81d07e | 172.18.0.1/16    |
    machine    | virbr0          | virbr0          | 192.168.122.1/24 |
    machine    | vboxnet0        | vboxnet0        | 192.168.211.1/24 |
    machine    | vmnet8          | vmnet8          | 192.168.212.1/24 |
    link_local | veth4c1d2e3     | veth4c1d2e3     | 169.254.20.1/16  |
    link_local | usb0            | usb0            | 169.254.30.1/16  |
    """,
    "a Linux computer whose network goes through a bridge": """
    network | br0         | br0         | 192.168.0.9/24 | default
    machine | veth12ab34c | veth12ab34c | 10.0.3.7/24    |
    machine | docker0     | docker0     | 172.17.0.1/16  |
    """,
    "a campus whose Wi-Fi gives out carriers' addresses": """
    network | wlan0   | wlan0   | 100.64.31.7/18 | default
    machine | docker0 | docker0 | 172.17.0.1/16  |
    """,
}


def rows(table: str) -> Iterator[tuple[Nearness, Held]]:
    """What a table says, from above to below: the order in which the addresses should be shared."""
    for line in table.strip().splitlines():
        kind, interface, hardware, address, default = (cell.strip() for cell in line.split("|"))
        ip, prefix = address.split("/")
        yield Nearness[kind.upper()], Held(interface, hardware, ip, int(prefix), default == "default")


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES.keys())
def test_each_interface_is_taken_for_what_it_is(table: str) -> None:
    wanted = {held: kind for kind, held in rows(table)}

    assert {held: nearness(held) for held in wanted} == wanted


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES.keys())
def test_the_order_is_the_same_however_the_system_lists_them(table: str) -> None:
    wanted = [held for _, held in rows(table)]

    for seed in range(20):
        listed = Random(seed).sample(wanted, len(wanted))
        assert ranked(listed) == tuple(held.address for held in wanted)


def test_loopback_is_not_shared_and_nothing_twice() -> None:
    wifi = Held("Wi-Fi", "Intel(R) Wi-Fi 6 AX201 160MHz", "192.168.0.23", 24, True)
    loopback = Held("Loopback Pseudo-Interface 1", "Software Loopback Interface 1", "127.0.0.1", 8, False)
    again = wifi._replace(interface="docker0", outgoing=False)

    assert ranked([loopback, again, wifi]) == ("192.168.0.23",)
    assert ranked([loopback]) == ()


def test_windows_two_names_are_both_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    adapters = [
        Adapter("{A1}", "TAP-Windows Adapter V9", [IP("10.8.0.6", 24, "로컬 영역 연결")]),
        Adapter("{B2}", "Quectel EM120R-GL", [IP("10.9.0.6", 24, "셀룰러")]),
        Adapter(
            "{C3}",
            "Intel(R) Wi-Fi 6 AX201 160MHz",
            [IP(("fe80::1", 0, 3), 64, "Wi-Fi"), IP("192.168.0.23", 24, "Wi-Fi")],
        ),
    ]
    monkeypatch.setattr(ifaddr, "get_adapters", lambda: adapters)  # what it gives there, for it cannot run here

    assert shared_addresses() == ("192.168.0.23", "10.8.0.6", "10.9.0.6")


def test_the_program_prints_the_address_of_its_network_first() -> None:
    with Network() as network:
        network.adds_interface("docker0", "10.1.0.1/16")
        network.adds_interface("enp3s0", "10.2.0.1/16")
        network.adds_interface("wlp3s0", "169.254.1.1/16")
        network.leads_out_by(THERE)

        program = network.start(0, "chatapp", "host", "--no-window")

        assert program.stdout
        opened = [program.stdout.readline().strip() for _ in range(5)]
        assert opened == [
            f"Room open at http://{address}:27272/"
            for address in (HERE, "10.2.0.1", "10.1.0.1", "169.254.1.1", "127.0.0.1")
        ]
